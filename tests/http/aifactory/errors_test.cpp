#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "http/aifactory/errors.hpp"

using namespace orrery;
using namespace orrery::aifactory;
namespace json = boost::json;

TEST_CASE("one refusal in the form of FastAPI, and in that of OpenAI") {
  const auto refusal = error(503, "The service is pending");
  CHECK(refused(refusal, ErrorForm::fastapi).body == R"({"detail":"The service is pending"})");
  CHECK(
      refused(refusal, ErrorForm::openai).body ==
      R"({"error":{"message":"The service is pending","type":"server_error","param":null,"code":null}})");
  CHECK(refused(refusal, ErrorForm::openai).status == 503);
}

TEST_CASE("a problem of a field is one sentence for OpenAI's clients") {
  const auto refusal = unprocessable(
      {"string_type", {"body", "messages", std::size_t{0}, "role"}, "Input should be a string"});
  const auto shown = json::parse(refused(refusal, ErrorForm::openai).body);
  CHECK(shown.at("error").at("message") == "messages.role: Input should be a string");
  CHECK(shown.at("error").at("type") == "invalid_request_error");
  CHECK(json::parse(refused(refusal, ErrorForm::fastapi).body).at("detail").at(0).at("loc") ==
        json::parse(R"(["body","messages",0,"role"])"));
}

TEST_CASE("what a refusal shows of the body is always JSON") {
  for (const auto* const input : {"", "{", "\xff", "[1,", "nul"}) {
    const auto refusal = unprocessable({"value_error", {"body"}, "No", input});
    CHECK(json::parse(refused(refusal, ErrorForm::fastapi).body).at("detail").at(0).at("input") ==
          nullptr);
  }
  const auto deep =
      unprocessable({"value_error", {"body"}, "No", std::string(500, '[') + std::string(500, ']')});
  CHECK(refused(deep, ErrorForm::fastapi).status == 422);
}

TEST_CASE("refusals that retrying helps say so") {
  const auto retry_after = [](const Refusal& refusal) {
    return refused(refusal, ErrorForm::fastapi).headers.at(0);
  };
  CHECK(retry_after(unavailable()) == std::pair<std::string, std::string>{"Retry-After", "1"});
  CHECK(retry_after(refusal_of(KeyProblem::in_use)) ==
        std::pair<std::string, std::string>{"Retry-After", "1"});
  CHECK(refusal_of(KeyProblem::malformed).status == 400);
}
