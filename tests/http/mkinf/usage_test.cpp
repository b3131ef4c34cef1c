#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "tests/http/mkinf/mkinf_server.hpp"

using namespace orrery;

namespace {

std::string items(const boost::json::value& list) {
  return boost::json::serialize(list.at("items"));
}

/// A VM of two GPUs that runs from 15:52:53 on.
void start_vm(MkinfServer& server) {
  server.add_node("node-1", 2);
  const auto created = server.create_vm("mkinf-node-01");
  server.finish_start(created.vm_id);
  server.ended(created.operation_id);
}

std::string row(const MkinfServer& server, std::string_view quantity, std::string_view date) {
  return fmt::format(
      R"({{"quantity":{},"billable_metric":"gpu-hours","date":"{}","project_id":"{}",)"
      R"("region":"us-east1-a","reservation_id":"","resource_type":"l40s-48gb.2x"}})",
      quantity, date, server.tenant.project_id);
}

}  // namespace

TEST_CASE("usage shows after midnight, by the second of what ran") {
  MkinfServer server;
  const auto organization =
      fmt::format("/v0.1/organizations/{}/usage", server.tenant.organization_id);
  const auto project = server.in_project("/usage");
  start_vm(server);
  server.clock.advance(std::chrono::hours(8));
  CHECK(items(server.get(project)) == "[]");
  server.clock.advance(std::chrono::minutes(10));  // 00:02:53 of the 17th.
  // From 15:52:53 to midnight: 29,227 s of two GPUs.
  const auto first = row(server, "16.237222", "2024-06-16");
  const auto raw = [&](const std::string& target) {
    return server.ask("GET", target, {{}, server.tenant.access_key, {}}).body;
  };
  CHECK(raw(project) == R"({"items":[)" + first + "]}");
  CHECK(raw(organization) == R"({"items":[)" + first + "]}");
  server.clock.advance(std::chrono::hours(24));
  const auto second = row(server, "48", "2024-06-17");
  CHECK(raw(project) == R"({"items":[)" + first + "," + second + "]}");
  CHECK(raw(project + "?start_date=2024-06-17") == R"({"items":[)" + second + "]}");
  CHECK(raw(project + "?end_date=2024-06-17") == R"({"items":[)" + first + "]}");
  CHECK(raw(project + "?interval=monthly") ==
        R"({"items":[)" + row(server, "64.237222", "2024-06-01") + "]}");
}

TEST_CASE("usage is filtered by project, type and region, and shows nobody else's") {
  MkinfServer server;
  const auto organization =
      fmt::format("/v0.1/organizations/{}/usage", server.tenant.organization_id);
  start_vm(server);
  server.clock.advance(std::chrono::hours(24));
  const auto count = [&](const std::string& query) {
    return server.get(organization + query).at("items").as_array().size();
  };
  CHECK(count("") == 1);
  CHECK(count("?projects=" + server.tenant.project_id) == 1);
  CHECK(count("?projects=" + server.stranger.project_id) == 0);
  CHECK(count("?resource_types=l40s-48gb.2x,a100.1x&regions=us-east1-a") == 1);
  CHECK(count("?resource_types=a100.1x") == 0);
  CHECK(count("?regions=us-northcentral1-a") == 0);
  CHECK(items(server.get(server.in_project("/usage?projects=" + server.stranger.project_id))) ==
        "[]");
  CHECK(server.get(organization + "?interval=hourly", 400).at("message") ==
        "interval must be daily or monthly");
  CHECK(server.get(server.in_project("/usage?start_date=x"), 400).at("message") ==
        "start_date must be a date such as 2024-06-16");
  const auto foreign = fmt::format("/v0.1/organizations/{}/usage", server.stranger.organization_id);
  CHECK(server.get(foreign, 404).at("message") == "organization not found");
}

TEST_CASE("the billing page shows the months in which something ran, and what that costs") {
  MkinfServer server;
  server.set_price({UsageMetric::gpu_hours, "l40s-48gb", 1'250'000});
  server.set_price({UsageMetric::disk_gb_hours, "persistent-ssd", 130});
  start_vm(server);
  server.end_of(server.post(server.in_project("/disks"),
                            R"({"name":"data","size":"1TiB","location":"us-east1-a"})"),
                "/disks");
  server.clock.advance(std::chrono::hours(24 * 30));
  const std::string url =
      server.get(fmt::format("/v0.1/organizations/{}/billing", server.tenant.organization_id))
          .at("url")
          .as_string()
          .c_str();
  const auto path = url.substr(std::string_view("http://api.mkinf.io").size());
  const auto page = server.ask("GET", path, {});
  CHECK(page.status == 200);
  CHECK_THAT(page.body, Catch::Contains("<h1>Invoice, July 2024</h1>"));
  CHECK_THAT(page.body, Catch::Contains("<a href=\"?month=2024-06\">June 2024</a>"));
  CHECK_THAT(page.header("Content-Security-Policy"), Catch::StartsWith("default-src 'none'"));
  const auto june = server.ask("GET", path + "?month=2024-06", {});
  CHECK_THAT(june.body, Catch::Contains("2024-06-01 to 2024-06-30 (UTC)"));
  // 29,227 s of the 16th and fourteen days, of two GPUs.
  CHECK_THAT(june.body, Catch::Contains("688.237222 GPU-hours</td><td class=\"number\">$1.25</td>"
                                        "<td class=\"number\">$860.30</td>"));
  // A TiB for the same seconds: 352,377.457778 GB-hours at 0.00013.
  CHECK_THAT(june.body, Catch::Contains("352377.457778 GB-hours</td><td class=\"number\">$0.00013"
                                        "</td><td class=\"number\">$45.81</td>"));
  CHECK_THAT(june.body, Catch::Contains("US $906.11"));
  for (const auto month : {"2024-08", "2024-6", "june"})
    CHECK(server.ask("GET", path + "?month=" + month, {}).status == 400);
}
