#include <catch2/catch.hpp>

#include "tests/http/native/admin/admin_people.hpp"

using namespace orrery;

namespace {

constexpr auto clusters = "/orrery/v1/simulated-clusters";
constexpr auto titan =
    R"({"name":"titan","node_count":3,"gpus_per_node":4,"gpu_model":"A40-48GB","cpu_count":64})";

WireAnswer refused(AdminPeople& people, std::string_view method, const std::string& target,
                   std::string body) {
  return people.ask(method, target, people.server.tenant.operator_key, std::move(body));
}

}  // namespace

TEST_CASE("a simulated cluster is asked for, twice, grows, and is shown") {
  AdminPeople people;
  const auto asked = people.order("POST", clusters, titan);
  CHECK(asked.at("node_count") == 3);
  CHECK(asked.at("gpus_per_node") == 4);
  CHECK(asked.at("seed") == 1);
  CHECK(asked.at("complete") == false);
  CHECK(asked.at("nodes").at("registered") == 0);
  CHECK(people.order("POST", clusters, titan).at("since") == asked.at("since"));
  const auto grown = people.order(
      "POST", clusters,
      R"({"name":"titan","node_count":9,"gpus_per_node":4,"gpu_model":"A40-48GB","cpu_count":64})");
  CHECK(grown.at("node_count") == 9);
  CHECK(people.order("GET", std::string(clusters) + "/titan") == grown);
  CHECK(people.order("GET", clusters).at("items").as_array().size() == 1);
  // The cluster is declared with it, and an operator's word about it stays.
  people.order("PUT", "/orrery/v1/clusters/rhea", R"({"when_full":"queue","strategy":"spread"})");
  people.order("POST", clusters, R"({"name":"rhea","node_count":1,"cpu_count":8})");
  const auto declared = people.order("GET", "/orrery/v1/clusters").at("items").as_array();
  const auto policy_of = [&](std::string_view name) {
    for (const auto& cluster : declared)
      if (text(cluster, "name") == name) return text(cluster, "strategy");
    return std::string("none");
  };
  CHECK(policy_of("titan") == "pack");
  CHECK(policy_of("rhea") == "spread");
}

TEST_CASE("a simulated cluster that makes no sense is refused") {
  AdminPeople people;
  people.order("POST", clusters, titan);
  const auto status_of = [&](std::string body) {
    return refused(people, "POST", clusters, std::move(body)).status;
  };
  CHECK(status_of(R"({"node_count":3,"cpu_count":8})") == 400);
  CHECK(status_of(R"({"name":"a/b","node_count":3,"cpu_count":8})") == 400);
  CHECK(status_of(R"({"name":"x","node_count":0,"cpu_count":8})") == 400);
  CHECK(status_of(R"({"name":"x","node_count":1000001,"cpu_count":8})") == 400);
  CHECK(status_of(R"({"name":"x","node_count":1,"gpus_per_node":17,"gpu_model":"m"})") == 400);
  CHECK(status_of(R"({"name":"x","node_count":1,"gpus_per_node":2})") == 400);
  CHECK(status_of(R"({"name":"x","node_count":1})") == 400);
  CHECK(status_of(R"({"name":"x","node_count":1,"cpu_count":1,"when_full":"cry"})") == 400);
  const auto shrunk = refused(
      people, "POST", clusters,
      R"({"name":"titan","node_count":2,"gpus_per_node":4,"gpu_model":"A40-48GB","cpu_count":64})");
  CHECK(code_of(shrunk) == "cluster_must_not_shrink");
  const auto other = refused(
      people, "POST", clusters,
      R"({"name":"titan","node_count":3,"gpus_per_node":8,"gpu_model":"A40-48GB","cpu_count":64})");
  CHECK(other.status == 409);
  CHECK(code_of(other) == "cluster_has_other_hardware");
}

TEST_CASE("real machines aren't taken over by a simulation") {
  AdminPeople people;
  people.order("PUT", "/orrery/v1/clusters/west", "{}");
  people.order("POST", "/orrery/v1/nodes",
               R"({"id":"w-1","cluster":"west","gpu_model":"A40-48GB","gpu_count":8})");
  const auto answer =
      refused(people, "POST", clusters, R"({"name":"west","node_count":1,"cpu_count":8})");
  CHECK(answer.status == 409);
  CHECK(code_of(answer) == "cluster_has_nodes");
  people.order("POST", clusters, titan);
  const auto stranger =
      refused(people, "POST", "/orrery/v1/nodes",
              R"({"id":"titan-000009","cluster":"west","gpu_model":"A40-48GB","gpu_count":8})");
  CHECK(stranger.status == 409);
  CHECK(code_of(stranger) == "node_is_simulated");
}

TEST_CASE("what breaks in a simulated cluster is set, by rate and by script") {
  AdminPeople people;
  people.order("POST", clusters, titan);
  const auto faults = std::string(clusters) + "/titan/faults";
  const auto set = people.order("PUT", faults, R"({
      "rates":{"xid_per_million_gpu_hours":8,"slow_start_permille":10},
      "script":[{"after_ms":1000,"kind":"xid","node_id":"titan-000003","gpu_index":3,"code":79},
                {"kind":"partition","node_id":"titan-000001","duration_ms":90000}]})");
  CHECK(set.at("faults").at("rates").at("xid_per_million_gpu_hours") == 8);
  CHECK(set.at("faults").at("script").as_array().size() == 2);
  CHECK(set.at("faults").at("script").at(0).at("code") == 79);
  CHECK(people.order("PUT", faults, "{}").at("faults").at("script").as_array().empty());

  const auto status_of = [&](std::string fault) {
    return refused(people, "PUT", faults, R"({"script":[)" + std::move(fault) + "]}").status;
  };
  CHECK(status_of(R"({"node_id":"titan-000001"})") == 400);
  CHECK(status_of(R"({"kind":"gremlin","node_id":"titan-000001"})") == 400);
  CHECK(status_of(R"({"kind":"xid","node_id":"titan-000004"})") == 400);
  CHECK(status_of(R"({"kind":"xid","node_id":"other-000001"})") == 400);
  CHECK(status_of(R"({"kind":"xid","node_id":"titan-000001","gpu_index":4})") == 400);
  CHECK(status_of(R"({"kind":"partition","node_id":"titan-000001"})") == 400);
  CHECK(refused(people, "PUT", faults, R"({"rates":{"slow_start_permille":1001}})").status == 400);
  CHECK(refused(people, "PUT", std::string(clusters) + "/none/faults", "{}").status == 404);
}

TEST_CASE("only operators simulate clusters") {
  AdminPeople people;
  for (const auto& key : {people.admin, people.member}) {
    CHECK(people.ask("POST", clusters, key, titan).status == 403);
    CHECK(people.ask("GET", clusters, key).status == 403);
  }
  CHECK(people.ask("GET", std::string(clusters) + "/none", people.server.tenant.operator_key)
            .status == 404);
}

TEST_CASE("a cordon of somebody else is lifted only with the cordons of all") {
  AdminPeople people;
  people.order("PUT", "/orrery/v1/clusters/west", "{}");
  people.order("POST", "/orrery/v1/nodes",
               R"({"id":"w-1","cluster":"west","gpu_model":"A40-48GB","gpu_count":8})");
  const auto cordon = people.order("POST", "/orrery/v1/nodes/w-1/cordon", R"({"reason":"a fan"})");
  CHECK(cordon.at("cordons").at(0).at("owner").is_null());
  CHECK(text(cordon.at("cordons").at(0), "reason") == "a fan");
  people.server.command<Node>("w-1", Node::Cordon{"2 GPUs are out of service", "burn-in"});
  const auto lifted = people.order("POST", "/orrery/v1/nodes/w-1/uncordon");
  CHECK(lifted.at("cordoned") == true);
  CHECK(lifted.at("cordons").as_array().size() == 1);
  const auto answer = refused(people, "POST", "/orrery/v1/nodes/w-1/uncordon", "");
  CHECK(answer.status == 409);
  CHECK(code_of(answer) == "cordon_has_another_owner");
  const auto detail = text(boost::json::parse(answer.body), "detail");
  CHECK(detail.find("burn-in (2 GPUs are out of service)") != std::string::npos);
  CHECK(detail.find("orrery admin node uncordon w-1 --all") != std::string::npos);
  CHECK(people.order("POST", "/orrery/v1/nodes/w-1/uncordon", R"({"all":true})").at("cordoned") ==
        false);
  CHECK(refused(people, "POST", "/orrery/v1/nodes/none/uncordon", "").status == 404);
}
