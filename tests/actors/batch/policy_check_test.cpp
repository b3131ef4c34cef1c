#include "actors/batch/policy_check.hpp"

#include <catch2/catch.hpp>

using namespace orrery;

namespace {

BatchPolicy sound() {
  BatchPolicy policy;
  policy.nodes = {{"a1", {}}, {"a2", {}}};
  policy.classes = {{"A", "", "p1"}};
  policy.partitions.resize(1);
  policy.partitions[0].name = "p1";
  policy.partitions[0].nodes = {"a1", "a2"};
  policy.partitions[0].classes = {"A"};
  policy.qos.resize(2);
  policy.qos[0].name = policy.default_qos = "low";
  policy.qos[1].name = "high";
  policy.qos[1].preempts = {"low"};
  policy.reservations = {{"course", {"a1"}, 10, 20, {}, {}}};
  return policy;
}

/// Where the change makes no sense any more: the places of its problems.
template <class Change>
std::vector<std::string> places(Change change) {
  auto policy = sound();
  change(policy);
  std::vector<std::string> places;
  for (const auto& problem : batch::problems_of(policy)) {
    CHECK_FALSE(problem.sentence.empty());
    places.push_back(problem.place);
  }
  return places;
}

using Places = std::vector<std::string>;

}  // namespace

TEST_CASE("a policy that makes sense has no problems") {
  CHECK(batch::problems_of(sound()).empty());
}

TEST_CASE("a policy names what is there, once") {
  CHECK(places([](auto& p) { p.nodes.push_back({"a1", {}}); }) == Places{"nodes.a1"});
  CHECK(places([](auto& p) { p.partitions[0].nodes.push_back("a9"); }) ==
        Places{"partitions.p1.nodes"});
  CHECK(places([](auto& p) { p.partitions[0].classes.push_back("Z"); }) ==
        Places{"partitions.p1.classes"});
  CHECK(places([](auto& p) { p.partitions.push_back(p.partitions[0]); }) ==
        Places{"partitions.p1"});
  CHECK(places([](auto& p) { p.default_qos = "gold"; }) == Places{"default_qos"});
  CHECK(places([](auto& p) { p.default_qos.clear(); }) == Places{"default_qos"});
  CHECK(places([](auto& p) { p.qos[1].preempts = {"gold"}; }) == Places{"qos.high.preempts"});
  CHECK(places([](auto& p) {
          p.classes.push_back({"B", "", "p1"});
        }) == Places{"classes.B.partition"});
  CHECK(places([](auto& p) { p.classes[0].partition = "p7"; }) == Places{"classes.A.partition"});
  CHECK(places([](auto& p) { p.reservations[0].nodes = {}; }) ==
        Places{"reservations.course.nodes"});
  CHECK(places([](auto& p) { p.partitions.clear(); }) ==
        Places{"partitions", "classes.A.partition"});
}

TEST_CASE("a policy's numbers can be kept") {
  CHECK(places([](auto& p) { p.limits.gpus_per_job_min = 5; }) ==
        Places{"limits.gpus_per_job_min"});
  CHECK(places([](auto& p) {
          p.gpu_caps = {{"a100", 1, 1, 0}, {"a100", 1, 1, 0}};
        }) == Places{"gpu_caps.a100"});
  CHECK(places([](auto& p) { p.partitions[0].priority_factor_permille = 1'001; }) ==
        Places{"partitions.p1.priority_factor_permille"});
  CHECK(places([](auto& p) {
          p.partitions[0].time_limit_max_min = 10;
          p.partitions[0].time_limit_default_min = 11;
        }) == Places{"partitions.p1.time_limit_default_min"});
  CHECK(places([](auto& p) { p.limits.mail_domains = {"@inha.edu"}; }) ==
        Places{"limits.mail_domains"});
  CHECK(places([](auto& p) { p.limits.mail_domains = {"Inha.edu"}; }) ==
        Places{"limits.mail_domains"});
  CHECK(places([](auto& p) { p.idle.threshold_percent = 101; }) ==
        Places{"idle.threshold_percent"});
  CHECK(places([](auto& p) { p.idle.warning_min = p.idle.after_min + 1; }) ==
        Places{"idle.warning_min"});
  CHECK(places([](auto& p) { p.reservations[0].end_time_s = 10; }) ==
        Places{"reservations.course.end_time_s"});
  CHECK(places([](auto& p) { p.backfill.window_min = 0; }) == Places{"backfill.window_min"});
  CHECK(places([](auto& p) { p.weights.age_max_min = 0; }) == Places{"weights.age_max_min"});
  CHECK(places([](auto& p) { p.qos[0].preempts = {"high"}; }) ==
        Places{"qos.low.preempts", "qos.high.preempts"});
}
