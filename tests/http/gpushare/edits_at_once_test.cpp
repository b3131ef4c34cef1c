#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <boost/json/object.hpp>
#include <catch2/catch.hpp>

#include "tests/http/gpushare/gpushare_server.hpp"
#include "tests/http/server/raw_client.hpp"

using namespace orrery;

namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

/// One PATCH a field, all on their way before any is answered.
void patch_at_once(GpushareServer& server, const GpushareServer::Person& person,
                   const std::string& path, const Fields& fields) {
  std::vector<std::unique_ptr<RawClient>> clients;
  for (const auto& [name, value] : fields) {
    const auto body = fmt::format(R"({{"{}":{}}})", name, value);
    clients.push_back(std::make_unique<RawClient>(server.port()));
    REQUIRE(clients.back()->send(fmt::format(
        "PATCH {} HTTP/1.1\r\nHost: gpu.example\r\n{}\r\nContent-Type: application/json\r\n"
        "Content-Length: {}\r\n\r\n{}",
        path, person.authorization(), body.size(), body)));
  }
  for (const auto& client : clients) {
    const auto answer = client->answer();
    CHECK(answer.status == 200);
    server.check("PATCH", path, answer);
  }
}

}  // namespace

TEST_CASE("edits of one row that come at once all hold") {
  GpushareServer server;
  const auto anna = server.register_person("anna");
  server.post(anna, "/gpu/list/",
              fmt::format(R"({{"gpu_info":"-","cpu_name":"-","cpu_core":"-","cpu_frequency":"-",)"
                          R"("total_memory":"-","total_swap":"-","ram":"-","os_name":"-",)"
                          R"("os_version":"-","user":{}}})",
                          anna.id));
  for (int round = 0; round < 10; ++round) {
    const auto word = fmt::format("\"{}\"", round);
    Fields fields;
    for (const auto* name : {"gpu_info", "cpu_name", "cpu_core", "ram", "os_name", "os_version"})
      fields.emplace_back(name, word);
    patch_at_once(server, anna, "/gpu/list/1/", fields);
    const auto row = server.get(anna, "/gpu/list/1/").as_object();
    for (const auto& [name, value] : fields) CHECK(row.at(name).as_string() == word.substr(1, 1));
  }
}

TEST_CASE("edits of one person that come at once all hold") {
  GpushareServer server;
  const auto anna = server.register_person("anna");
  const auto path = fmt::format("/client/list/{}/", anna.id);
  for (int round = 1; round < 10; ++round) {
    patch_at_once(server, anna, path,
                  {{"phone_no", fmt::format("\"{}\"", round)},
                   {"user_image", std::to_string(round)},
                   {"terms_accepted", round % 2 == 0 ? "true" : "false"}});
    const auto row = server.get(anna, path).as_object();
    CHECK(row.at("phone_no").as_string() == std::to_string(round));
    CHECK(row.at("user_image").to_number<int>() == round);
    CHECK(row.at("terms_accepted").as_bool() == (round % 2 == 0));
  }
}
