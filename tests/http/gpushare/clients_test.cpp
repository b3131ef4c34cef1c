#include <fmt/format.h>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "actors/client/client.hpp"
#include "tests/http/gpushare/gpushare_server.hpp"

using namespace orrery;

namespace {

namespace json = boost::json;

std::string text_of(const json::value& value) { return json::serialize(value); }

std::string one(const GpushareServer::Person& person) {
  return fmt::format("/client/list/{}/", person.id);
}

json::value patch(GpushareServer& server, const GpushareServer::Person& who,
                  const GpushareServer::Person& whom, std::string body, unsigned status = 200) {
  return json_of(server.ask_as(who, "PATCH", one(whom), std::move(body)), status);
}

}  // namespace

TEST_CASE("clients: everybody sees himself, an admin sees all, and nobody another's token") {
  GpushareServer server;
  const auto anna = server.register_person("anna");
  const auto bela = server.register_person("bela");
  const auto chief = server.register_person("chief");
  server.give_role(chief, ClientRole::admin);

  const auto alone = server.get(anna, "/client/list/").as_array();
  REQUIRE(alone.size() == 1);
  CHECK(alone[0].at("user").at("username") == "anna");
  CHECK(alone[0].at("user_token") == json::string(anna.token));
  CHECK(server.get(anna, one(anna)) == alone[0]);

  const auto all = server.get(chief, "/client/list/").as_array();
  REQUIRE(all.size() == 3);
  CHECK(all[0].at("user").at("email") == "anna@example.com");
  CHECK(all[0].at("user_token") == "********");
  CHECK(all[2].at("user_token") == json::string(chief.token));
  CHECK(all[2].at("role") == "admin");

  for (const auto* absent : {"/client/list/99/", "/client/list/x/", "/client/list/-1/"})
    CHECK(text_of(server.get(anna, absent, 404)) == R"({"detail":"Not found."})");
  CHECK(text_of(server.get(anna, one(bela), 404)) == R"({"detail":"Not found."})");
  for (const auto* method : {"PUT", "PATCH", "DELETE"})
    CHECK(server.ask_as(anna, method, one(bela), "{}").status == 404);
  CHECK(server.get(anna, fmt::format("/client/list/00{}/", anna.id)) == alone[0]);
}

TEST_CASE("clients: what he tells about himself is his to change, his standing isn't") {
  GpushareServer server;
  const auto anna = server.register_person("anna");
  const auto changed = patch(server, anna, anna, R"({"phone_no":"+49 30 1234","user_image":7,
    "terms_accepted":false,"role":"admin","is_gpu_provider_approved":true,"user_token":"x",
    "ip":"1.2.3.4"})");
  CHECK(changed.at("phone_no") == "+49 30 1234");
  CHECK(changed.at("user_image") == 7);
  CHECK(changed.at("terms_accepted") == false);
  CHECK(changed.at("role") == "user");
  CHECK(changed.at("is_gpu_provider_approved") == false);
  CHECK(changed.at("user_token") == json::string(anna.token));
  CHECK(changed.at("ip") == "127.0.0.1");
  CHECK(server.get(anna, one(anna)) == changed);
  CHECK(json_of(server.ask_as(anna, "PUT", one(anna), "{}"), 200) == changed);
  const auto emptied = patch(server, anna, anna, R"({"phone_no":null,"terms_accepted":null})");
  CHECK(emptied.at("phone_no").is_null());
  CHECK(emptied.at("terms_accepted").is_null());
  CHECK(text_of(patch(server, anna, anna, R"({"phone_no":"1234567890123","user_image":32768,
          "terms_accepted":"perhaps"})",
                      400)) ==
        R"({"phone_no":["Ensure this field has no more than 12 characters."],)"
        R"("user_image":["Ensure this value is less than or equal to 32767."],)"
        R"("terms_accepted":["Must be a valid boolean."]})");
}

TEST_CASE("clients: a new name is his once it is nobody else's, and the old one is free") {
  GpushareServer server;
  auto anna = server.register_person("anna");
  const auto bela = server.register_person("bela");
  const auto renamed =
      patch(server, anna, anna, R"({"user":{"username":"anne","email":"anne@example.com"}})");
  CHECK(renamed.at("user").at("username") == "anne");
  CHECK(renamed.at("user").at("email") == "anne@example.com");
  CHECK(server.ask("GET", "/client/list/", {{}, {anna.basic()}}).status == 401);
  anna.username = "anne";
  CHECK(server.ask("GET", "/client/list/", {{}, {anna.basic()}}).status == 200);

  CHECK(text_of(patch(server, bela, bela, R"({"user":{"username":"anne"}})", 400)) ==
        R"({"user":{"username":["A user with that username already exists."]}})");
  CHECK(text_of(json_of(server.ask_as(bela, "PUT", one(bela),
                                      R"({"user":{"username":"b","email":"ANNE@example.com"}})"),
                        400)) ==
        R"({"user":{"email":["user with this email address already exists."]}})");
  CHECK(text_of(json_of(server.ask_as(bela, "PUT", one(bela), R"({"user":{}})"), 400)) ==
        R"({"user":{"username":["This field is required."]}})");
  CHECK(text_of(patch(server, bela, bela, R"({"user":{"username":"anne@example.com"}})", 400)) ==
        R"({"user":{"username":["A username may be a mail address only if it is your own."]}})");
  wait_until("the old name is free", [&] {
    return server.ask_as(bela, "PATCH", one(bela), R"({"user":{"username":"anna"}})").status == 200;
  });
  // His own names once more change nothing.
  CHECK(patch(server, bela, bela, R"({"user":{"username":"anna","email":"bela@example.com"}})")
            .at("user")
            .at("username") == "anna");
}

TEST_CASE("clients: an admin gives roles and approves providers") {
  GpushareServer server;
  const auto anna = server.register_person("anna");
  const auto chief = server.register_person("chief");
  server.give_role(chief, ClientRole::admin);
  CHECK(text_of(patch(server, chief, anna, R"({"is_gpu_provider_approved":true})", 400)) ==
        R"({"is_gpu_provider_approved":["This client is no GPU provider."]})");
  CHECK(text_of(patch(server, chief, anna, R"({"role":"king"})", 400)) ==
        R"({"role":["\"king\" is not a valid choice."]})");
  server.clock.advance(std::chrono::hours(1));
  const auto approved =
      patch(server, chief, anna, R"({"role":"gpu_provider","is_gpu_provider_approved":true})");
  CHECK(approved.at("role") == "gpu_provider");
  CHECK(approved.at("is_gpu_provider_approved") == true);
  CHECK(approved.at("provider_registration_date") == "2026-03-01T13:00:00Z");
  CHECK(patch(server, chief, anna, R"({"is_gpu_provider_approved":"no"})")
            .at("is_gpu_provider_approved") == false);
}

TEST_CASE("clients: an admin makes them; everybody else is told that he may not") {
  GpushareServer server;
  const auto anna = server.register_person("anna");
  const auto chief = server.register_person("chief");
  const std::string body = R"({"user":{"username":"new","email":"new@example.com"},
    "phone_no":"110","user_image":3,"terms_accepted":true})";
  CHECK(text_of(server.post(anna, "/client/list/", body, 403)) ==
        R"({"detail":"You do not have permission to perform this action."})");
  server.give_role(chief, ClientRole::admin);
  const std::vector<std::string> key{"Idempotency-Key: once"};
  const auto made = json_of(server.ask_as(chief, "POST", "/client/list/", body, key), 201);
  CHECK(made.at("user").at("username") == "new");
  CHECK(made.at("phone_no") == "110");
  CHECK(made.at("ip").is_null());
  CHECK(made.at("user_token") == "********");
  CHECK(json_of(server.ask_as(chief, "POST", "/client/list/", body, key), 201) == made);
  CHECK(server.ask_as(chief, "POST", "/client/list/", body + " ", key).status == 422);
  CHECK(text_of(server.post(chief, "/client/list/", body, 400)) ==
        R"({"user":{"username":["A user with that username already exists."],)"
        R"("email":["user with this email address already exists."]}})");
  CHECK(text_of(server.post(chief, "/client/list/", "{}", 400)) ==
        R"({"user":["This field is required."]})");
}

TEST_CASE("clients: who is erased is gone, with his token, his names and his key") {
  GpushareServer server;
  const auto anna = server.register_person("anna");
  const auto chief = server.register_person("chief");
  server.give_role(chief, ClientRole::admin);
  const auto subject = client_subject(anna.id);
  REQUIRE(server.subject_keys->seal_known(subject, "x"));
  const auto gone = server.ask_as(anna, "DELETE", one(anna));
  CHECK(gone.status == 204);
  CHECK(gone.body.empty());
  CHECK_FALSE(server.subject_keys->seal_known(subject, "x"));
  CHECK(server.clients.erased() == std::vector<std::string>{anna.id});
  CHECK(server.ask_as(anna, "GET", "/client/list/").status == 401);
  CHECK(server.ask("GET", "/client/list/", {{}, {anna.basic()}}).status == 401);
  CHECK(server.ask_as(chief, "GET", one(anna)).status == 404);
  CHECK(server.ask_as(chief, "DELETE", one(anna)).status == 404);
  wait_until("the names are free", [&] {
    return server
               .ask(
                   "POST", "/client/register/",
                   {R"({"username":"anna","email":"anna@example.com","password":"quite another 1",)"
                    R"("confirm_password":"quite another 1","terms_accepted":true})",
                    {}})
               .status == 201;
  });
}
