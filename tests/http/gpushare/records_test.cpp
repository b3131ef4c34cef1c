#include <algorithm>

#include <fmt/format.h>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "actors/inference/inference.hpp"
#include "tests/http/gpushare/gpushare_server.hpp"

using namespace orrery;

namespace {

namespace json = boost::json;

std::string text_of(const json::value& value) { return json::serialize(value); }

std::string machine(const GpushareServer::Person& owner, std::string_view gpu = "RTX 4090") {
  return fmt::format(
      R"({{"gpu_info":"{}","cpu_name":"EPYC","cpu_core":16,"cpu_frequency":3.5,"total_memory":"64",)"
      R"("total_swap":"8","ram":"64","os_name":"Debian","os_version":"12","user":{}}})",
      gpu, owner.id);
}

/// A question of a client's, in the log as the dispatcher leaves it; without `failure` it waits.
void ask(GpushareServer& server, const GpushareServer::Person& client, const std::string& id,
         const std::string& failure, const std::string& part = {}) {
  const auto seal = [&](const std::string& text) {
    return *server.subject_keys->seal_known(client_subject(client.id), text);
  };
  server.command<Inference>(
      id, Inference::Ask{{client.id, seal("why?"), "tiny", "request-" + id, {}}, "1"});
  if (failure.empty()) return;
  server.command<Inference>(
      id, Inference::Fail{{"no_node", failure, part.empty() ? Sealed{} : seal(part), {}}});
}

}  // namespace

TEST_CASE("machines: described, read, edited and deleted by their owner, who is a provider now") {
  GpushareServer server;
  const auto anna = server.register_person("anna");
  const auto bela = server.register_person("bela");
  const auto made = server.post(anna, "/gpu/list/", machine(anna));
  CHECK(text_of(made) ==
        fmt::format(R"({{"id":1,"gpu_info":"RTX 4090","cpu_name":"EPYC","cpu_core":"16",)"
                    R"("cpu_frequency":"3.5","total_memory":"64","total_swap":"8","ram":"64",)"
                    R"("os_name":"Debian","os_version":"12","user":{}}})",
                    anna.id));
  CHECK(server.get(anna, fmt::format("/client/list/{}/", anna.id)).at("role") == "gpu_provider");
  CHECK(server.get(anna, "/gpu/list/").as_array() == json::array{made});
  CHECK(server.get(anna, "/gpu/list/1/") == made);

  CHECK(server.get(bela, "/gpu/list/").as_array().empty());
  for (const auto* method : {"GET", "PUT", "PATCH", "DELETE"})
    CHECK(server.ask_as(bela, method, "/gpu/list/1/", method[0] == 'P' ? "{}" : "").status == 404);
  CHECK(text_of(server.post(bela, "/gpu/list/", machine(anna), 400)) ==
        fmt::format(R"({{"user":["Invalid pk \"{}\" - object does not exist."]}})", anna.id));

  const auto patched =
      json_of(server.ask_as(anna, "PATCH", "/gpu/list/1/", R"({"ram":"128"})"), 200);
  CHECK(patched.at("ram") == "128");
  CHECK(patched.at("gpu_info") == "RTX 4090");
  const auto put = json_of(server.ask_as(anna, "PUT", "/gpu/list/1/", machine(anna, "H100")), 200);
  CHECK(put.at("gpu_info") == "H100");
  CHECK(put.at("ram") == "64");
  CHECK(server.ask_as(anna, "DELETE", "/gpu/list/1/").status == 204);
  CHECK(server.ask_as(anna, "GET", "/gpu/list/1/").status == 404);
  CHECK(server.ask_as(anna, "DELETE", "/gpu/list/1/").status == 404);
  // A number is never given again.
  CHECK(server.post(anna, "/gpu/list/", machine(anna)).at("id") == 2);
}

TEST_CASE("machines: everything that is missing is named at once") {
  GpushareServer server;
  const auto anna = server.register_person("anna");
  const auto problems = server.post(anna, "/gpu/list/", R"({"gpu_info":"","ram":true})", 400);
  CHECK(problems.as_object().size() == 10);
  CHECK(text_of(problems.at("gpu_info")) == R"(["This field may not be blank."])");
  CHECK(text_of(problems.at("ram")) == R"(["Not a valid string."])");
  CHECK(text_of(problems.at("user")) == R"(["This field is required."])");
  CHECK(server.get(anna, "/client/list/").at(0).at("role") == "user");
}

TEST_CASE("machines: a request that comes again makes no second one") {
  GpushareServer server;
  const auto anna = server.register_person("anna");
  const std::vector<std::string> key{"Idempotency-Key: machine"};
  const auto first = server.ask_as(anna, "POST", "/gpu/list/", machine(anna), key);
  const auto again = server.ask_as(anna, "POST", "/gpu/list/", machine(anna), key);
  CHECK(first.status == 201);
  CHECK(again.status == 201);
  CHECK(first.body == again.body);
  CHECK(server.ask_as(anna, "POST", "/gpu/list/", machine(anna, "H100"), key).status == 422);
  CHECK(server.get(anna, "/gpu/list/").as_array().size() == 1);
  CHECK(
      server.ask_as(anna, "POST", "/gpu/list/", machine(anna), {"Idempotency-Key: \x80"}).status ==
      400);
}

TEST_CASE("machines: an admin sees all, and describes one for a client") {
  GpushareServer server(
      [](GpushareContext& context) { context.approves_providers_at_once = true; });
  const auto anna = server.register_person("anna");
  const auto chief = server.register_person("chief");
  server.give_role(chief, ClientRole::admin);
  server.post(chief, "/gpu/list/", machine(anna));
  CHECK(server.get(chief, "/gpu/list/").as_array().size() == 1);
  CHECK(server.get(anna, "/gpu/list/").as_array().size() == 1);
  const auto shown = server.get(anna, "/client/list/").at(0);
  CHECK(shown.at("role") == "gpu_provider");
  CHECK(shown.at("is_gpu_provider_approved") == true);
  CHECK(server.get(chief, fmt::format("/client/list/{}/", chief.id)).at("role") == "admin");
}

TEST_CASE("questions: shown as they stand, edited and deleted once they have ended") {
  GpushareServer server;
  const auto anna = server.register_person("anna");
  const auto bela = server.register_person("bela");
  ask(server, anna, "1", "");
  ask(server, anna, "2", "No node is there.");
  ask(server, anna, "3", "The node has failed.", "because");
  const auto shown = server.get(anna, "/inference/").as_array();
  REQUIRE(shown.size() == 3);
  CHECK(text_of(shown[0]) ==
        fmt::format(R"({{"id":1,"client":{},"client_username":"anna","question_text":"why?",)"
                    R"("answer_text":null,"desired_model":"tiny",)"
                    R"("created_at":"2026-03-01T12:00:00Z"}})",
                    anna.id));
  CHECK(shown[1].at("answer_text") == "Error: No node is there.");
  CHECK(shown[2].at("answer_text") == "because\n\nError: The node has failed.");

  CHECK(server.get(bela, "/inference/").as_array().empty());
  for (const auto* method : {"GET", "PUT", "PATCH", "DELETE"})
    CHECK(server.ask_as(bela, method, "/inference/2/", method[0] == 'P' ? "{}" : "").status == 404);

  CHECK(server.ask_as(anna, "PATCH", "/inference/1/", R"({"question_text":"how?"})").status == 409);
  CHECK(server.ask_as(anna, "DELETE", "/inference/1/").status == 409);
  const auto patched =
      json_of(server.ask_as(anna, "PATCH", "/inference/2/", R"({"question_text":"how?"})"), 200);
  CHECK(patched.at("question_text") == "how?");
  CHECK(patched.at("desired_model") == "tiny");
  CHECK(patched.at("answer_text") == "Error: No node is there.");
  CHECK(
      text_of(json_of(server.ask_as(anna, "PUT", "/inference/2/", R"({"client":999})"), 400)) ==
      R"({"client":["Invalid pk \"999\" - object does not exist."],)"
      R"("question_text":["This field is required."],"desired_model":["This field is required."]})");
  const auto put = json_of(
      server.ask_as(
          anna, "PUT", "/inference/2/",
          fmt::format(R"({{"client":{},"question_text":"who?","desired_model":"big"}})", anna.id)),
      200);
  CHECK(put.at("desired_model") == "big");
  CHECK(server.ask_as(anna, "DELETE", "/inference/2/").status == 204);
  CHECK(server.ask_as(anna, "GET", "/inference/2/").status == 404);
}

TEST_CASE("questions: an admin sees and edits those of all, but whose one is stays") {
  GpushareServer server;
  const auto anna = server.register_person("anna");
  const auto bela = server.register_person("bela");
  const auto chief = server.register_person("chief");
  server.give_role(chief, ClientRole::admin);
  ask(server, anna, "1", "No node is there.");
  CHECK(server.get(chief, "/inference/").as_array().size() == 1);
  const auto edit = [&](const std::string& client, unsigned status) {
    const auto body =
        fmt::format(R"({{"client":{},"question_text":"how?","desired_model":"big"}})", client);
    return text_of(json_of(server.ask_as(chief, "PUT", "/inference/1/", body), status));
  };
  CHECK(edit(bela.id, 400) == R"({"client":["This field may not be changed."]})");
  CHECK(edit("999", 400) == R"({"client":["Invalid pk \"999\" - object does not exist."]})");
  edit(anna.id, 200);
  CHECK(server.get(anna, "/inference/1/").at("question_text") == "how?");
  CHECK(server.inferences.find("1")->question.subject == client_subject(anna.id));
  CHECK(server.ask_as(anna, "DELETE", fmt::format("/client/list/{}/", anna.id)).status == 204);
  CHECK(server.get(chief, "/inference/").as_array().empty());
}

TEST_CASE("questions: a list has the newest thousand, and what is asked for of them") {
  GpushareServer server;
  const auto anna = server.register_person("anna");
  for (std::size_t id = 1; id <= 1003; ++id)
    server.command<Inference>(
        std::to_string(id),
        Inference::Ask{{anna.id,
                        *server.subject_keys->seal_known(client_subject(anna.id), "why?"),
                        "tiny",
                        "request-" + std::to_string(id),
                        {}},
                       ""});
  const auto ids = [&](const std::string& query) {
    const auto rows = server.get(anna, "/inference/" + query).as_array();
    return fmt::format("{}: {}..{}", rows.size(),
                       rows.empty() ? 0 : rows.front().at("id").to_number<std::uint64_t>(),
                       rows.empty() ? 0 : rows.back().at("id").to_number<std::uint64_t>());
  };
  CHECK(ids("") == "1000: 4..1003");
  CHECK(ids("?limit=2") == "2: 1002..1003");
  CHECK(ids("?limit=2&offset=1001") == "2: 1..2");
  CHECK(ids("?limit=5000&offset=2000") == "0: 0..0");
  CHECK(ids("?limit=x&offset=-1") == "1000: 4..1003");
}
