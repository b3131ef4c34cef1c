#include "http/gpushare/errors.hpp"

#include <stdexcept>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "http/gpushare/authentication.hpp"

namespace orrery::gpushare {

namespace {

/// Strings of the standard library in the library of JSON.
boost::json::string_view json_text(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

Response refused(const Refusal& refusal) {
  Response response;
  response.status = refusal.status;
  response.body = boost::json::serialize(refusal.body);
  response.headers = refusal.headers;
  return response;
}

Refusal detail(unsigned status, std::string_view sentence) {
  return {status, {{"detail", json_text(sentence)}}};
}

Refusal error(unsigned status, std::string_view sentence) {
  return {status, {{"error", json_text(sentence)}}};
}

Refusal field_error(std::string_view field, std::string_view sentence) {
  return {400, {{json_text(field), boost::json::array{json_text(sentence)}}}};
}

std::string invalid_pk(std::string_view id) {
  return fmt::format("Invalid pk \"{}\" - object does not exist.", id);
}

Refusal not_authenticated() {
  return authentication_failed("Authentication credentials were not provided.");
}

Refusal authentication_failed(std::string_view sentence) {
  auto refusal = detail(401, sentence);
  refusal.headers.emplace_back("WWW-Authenticate", authentication_challenge);
  return refusal;
}

Refusal permission_denied() {
  return detail(403, "You do not have permission to perform this action.");
}

Refusal not_found() { return detail(404, "Not found."); }

Refusal throttled(std::chrono::seconds wait) {
  auto refusal =
      detail(429, fmt::format("Request was throttled. Expected available in {} second{}.",
                              wait.count(), wait.count() == 1 ? "" : "s"));
  refusal.headers.emplace_back("Retry-After", fmt::format("{}", wait.count()));
  return refusal;
}

Refusal refusal_of(KeyProblem problem) {
  if (problem == KeyProblem::malformed) return detail(400, key_malformed_sentence);
  auto refusal =
      detail(409, "The first request with this Idempotency-Key has not been answered yet.");
  refusal.headers.emplace_back("Retry-After", "1");
  return refusal;
}

Refusal idempotency_key_reused() {
  return detail(422, "Idempotency-Key was used for another request before.");
}

Refusal unavailable() {
  auto refusal = detail(503, "Nothing can be changed now, try again later.");
  refusal.headers.emplace_back("Retry-After", "1");
  return refusal;
}

void throw_exception_from_error(const Refusal& refusal, const boost::source_location&) {
  throw std::logic_error("what was refused was used: " + boost::json::serialize(refusal.body));
}

}  // namespace orrery::gpushare
