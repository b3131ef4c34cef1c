#include <catch2/catch.hpp>

#include "tests/http/native/admin/admin_people.hpp"

using namespace orrery;

TEST_CASE("organizations and projects are created, renamed and listed") {
  AdminPeople people;
  const auto acme = people.order("POST", "/orrery/v1/organizations", R"({"name":"acme"})");
  const auto organization = "/orrery/v1/organizations/" + text(acme, "id");
  const auto project = people.order("POST", organization + "/projects", R"({"name":"one"})");
  CHECK(text(project, "organization_id") == text(acme, "id"));
  CHECK(text(people.order("PATCH", organization, R"({"name":"apex"})"), "name") == "apex");
  const auto renamed =
      people.order("PATCH", "/orrery/v1/projects/" + text(project, "id"), R"({"name":"uno"})");
  CHECK(text(renamed, "name") == "uno");
  const auto listed = people.order("GET", organization + "/projects").at("items");
  REQUIRE(listed.as_array().size() == 1);
  CHECK(listed.at(0) == renamed);
  const auto own = boost::json::parse(people.ask("GET", "/orrery/v1/projects", people.admin).body);
  CHECK(own.at("items").as_array().size() == 1);
  CHECK(people.order("GET", "/orrery/v1/projects").at("items").as_array().size() == 3);
  CHECK(people.order("GET", "/orrery/v1/organizations").at("items").as_array().size() == 3);
}

TEST_CASE("clusters, nodes and images are declared from nothing") {
  AdminPeople people;
  people.order("PUT", "/orrery/v1/clusters/west", R"({"location":"us-west1-a"})");
  const auto queues = people.order("PUT", "/orrery/v1/clusters/west",
                                   R"({"location":"us-west1-a","when_full":"queue"})");
  CHECK(text(queues, "when_full") == "queue");
  CHECK(text(queues, "strategy") == "pack");
  people.order("POST", "/orrery/v1/nodes",
               R"({"id":"w-1","cluster":"west","gpu_model":"A40-48GB","gpu_count":8})");
  const auto cordoned =
      people.order("POST", "/orrery/v1/nodes/w-1/cordon", R"({"reason":"a fan"})");
  CHECK(cordoned.at("cordoned").as_bool());
  CHECK(text(cordoned, "reason") == "a fan");
  CHECK_FALSE(people.order("POST", "/orrery/v1/nodes/w-1/uncordon").at("cordoned").as_bool());
  CHECK(people.order("GET", "/orrery/v1/nodes?cluster=west").at("items").as_array().size() == 1);
  const auto page = people.order("GET", "/orrery/v1/nodes?limit=1");
  CHECK(text(page, "next") == "w-1");

  const auto image =
      people.order("POST", "/orrery/v1/images",
                   R"({"name":"debian12","tags":["os"],"locations":["us-west1-a"]})");
  const auto replaced = people.order("PUT", "/orrery/v1/images/" + text(image, "id"),
                                     R"({"name":"debian12","description":"Debian 12"})");
  CHECK(text(replaced, "description") == "Debian 12");
  CHECK(people.server.get(people.server.in_project("/images")).at("items").as_array().size() == 2);

  const auto& key = people.server.tenant.operator_key;
  CHECK(people
            .ask("POST", "/orrery/v1/nodes", key,
                 R"({"id":"w-1","cluster":"west","gpu_model":"A40-48GB","gpu_count":4})")
            .status == 409);
  CHECK(people
            .ask("POST", "/orrery/v1/nodes", key,
                 R"({"id":"a/b","cluster":"west","gpu_model":"A40-48GB","gpu_count":4})")
            .status == 400);
  const auto register_node = [&](std::string_view rest) {
    return people.ask("POST", "/orrery/v1/nodes", key,
                      fmt::format(R"({{"id":"w-2","cluster":"west",{}}})", rest));
  };
  CHECK(register_node(R"("gpu_count":0)").status == 400);
  CHECK(register_node(R"("gpu_count":2)").status == 400);
  CHECK(register_node(R"("gpu_model":"A40-48GB","cpu_count":8)").status == 400);
  CHECK(register_node(R"("memory_mib":1024)").status == 400);
  const auto processors =
      boost::json::parse(register_node(R"("cpu_count":8,"memory_mib":1024)").body);
  CHECK(processors.at("gpu_model") == "");
  CHECK(processors.at("cpu_count") == 8);
  CHECK(processors.at("memory_mib") == 1024);
  CHECK(processors.at("driver") == "simulated");
  CHECK(people.ask("PUT", "/orrery/v1/clusters/west", key, R"({"location":"us-east1-a"})").status ==
        409);
  CHECK(people.ask("POST", "/orrery/v1/nodes/none/cordon", key).status == 404);
  CHECK(people.ask("GET", "/orrery/v1/nodes?limit=0", key).status == 400);
  CHECK(people
            .ask("PUT", "/orrery/v1/clusters/west", key,
                 R"({"location":"us-west1-a","strategy":"scatter"})")
            .status == 400);
}

TEST_CASE("address pools grow, and never share an address") {
  AdminPeople people;
  const auto declare = [&](std::string_view pool, std::string_view location,
                           std::string_view cidr) {
    return people.ask("PUT", fmt::format("/orrery/v1/address-pools/{}", pool),
                      people.server.tenant.operator_key,
                      fmt::format(R"({{"location":"{}","cidr":"{}"}})", location, cidr));
  };
  CHECK(declare("north", "us-east1-a", "203.0.113.0/25").status == 200);
  CHECK(declare("north", "us-east1-a", "203.0.113.0/24").status == 200);
  CHECK(declare("north", "us-east1-a", "203.0.113.0/26").status == 400);
  CHECK(declare("west", "us-west1-a", "nonsense").status == 400);
  const auto overlapping = declare("west", "us-west1-a", "203.0.0.0/16");
  CHECK(overlapping.status == 409);
  CHECK(code_of(overlapping) == "address_pools_overlap");
  CHECK(people.order("GET", "/orrery/v1/address-pools").at("items").as_array().size() == 2);
}

TEST_CASE("prices are set in dollars, exactly") {
  AdminPeople people;
  const auto set = [&](std::string_view price, std::string_view usd) {
    return people.ask("PUT", fmt::format("/orrery/v1/prices/{}", price),
                      people.server.tenant.operator_key,
                      fmt::format(R"({{"usd_per_hour":{}}})", usd));
  };
  const auto price = set("disk-gb-hours/persistent-ssd", R"("0.00013")");
  CHECK(price.status == 200);
  CHECK(text(boost::json::parse(price.body), "usd_per_hour") == "0.00013");
  CHECK(people.server.metering.prices()[0].price.micro_usd_per_hour == 130);
  CHECK(set("gpu-hours/l40s-48gb", R"("1.250")").status == 200);
  for (const auto* wrong :
       {"1.25", R"("-1")", R"("1.2345678")", R"("1,25")", R"("")", R"(".5")", R"("1.")", "null"})
    CHECK(set("gpu-hours/l40s-48gb", wrong).status == 400);
  CHECK(set("cpu-hours/l40s-48gb", R"("1")").status == 404);
  const auto listed = people.ask("GET", "/orrery/v1/prices", people.member);
  CHECK(boost::json::parse(listed.body).at("items").as_array().size() == 2);
}

TEST_CASE("quotas are set as a whole, and show their use") {
  AdminPeople people;
  const auto quota = people.project + "/quota";
  const auto set = people.order(
      "PUT", quota, R"({"gpus":{"A100-80GB":8},"vms":3,"disk_gib":1000,"month_usd":"99.50"})");
  CHECK(set.at("limits").at("gpus").at("A100-80GB").as_int64() == 8);
  CHECK(set.at("limits").at("disks").is_null());
  CHECK(text(set.at("limits"), "month_usd") == "99.5");
  CHECK(text(set.at("use"), "month_usd") == "0");
  const auto unlimited = people.order("PUT", quota, "{}");
  CHECK(unlimited.at("limits").at("vms").is_null());
  const auto& key = people.server.tenant.operator_key;
  for (const auto* wrong : {R"({"vms":-1})", R"({"vms":1.5})", R"({"gpus":{"A100-80GB":"many"}})",
                            R"({"month_usd":100})"})
    CHECK(people.ask("PUT", quota, key, wrong).status == 400);
}

TEST_CASE("reservations are declared for an organization, and end") {
  AdminPeople people;
  const auto reservations = people.organization + "/reservations";
  const auto body = [](std::string_view ends) {
    return fmt::format(R"({{"vm_type":"l40s-48gb.2x","location":"us-east1-a","vm_count":2,)"
                       R"("starts_at":"2024-06-01T00:00:00Z","ends_at":"{}"}})",
                       ends);
  };
  const auto made = people.order("POST", reservations, body("2024-07-01T00:00:00Z"));
  CHECK(text(made, "usd_per_gpu_hour") == "0");
  const auto one = reservations + "/" + text(made, "id");
  CHECK(boost::json::parse(people.ask("GET", one, people.member).body) == made);
  CHECK(people.order("POST", one + "/end").at("ended").as_bool());
  CHECK(people
            .ask("POST", reservations, people.server.tenant.operator_key,
                 body("2024-05-01T00:00:00Z"))
            .status == 400);
  const auto foreign = "/orrery/v1/organizations/" + people.server.stranger.organization_id +
                       "/reservations/" + text(made, "id");
  CHECK(people.ask("GET", foreign, people.server.stranger.access_key).status == 404);
  CHECK(people.ask("GET", foreign, people.server.tenant.operator_key).status == 404);
}
