#include "actors/batch/admission.hpp"

#include <catch2/catch.hpp>

using namespace orrery;
using namespace orrery::batch;

namespace {

/// The university center's rules on two of its nodes, and somebody of class B.
struct Center {
  BatchPolicy policy;
  std::vector<NodeSize> nodes;
  CenterGrant user;
  CenterTeamSet team;
  AdmissionFacts facts;

  Center() {
    policy.nodes = {{"a100-n1", {"a100"}}, {"sv8ka-n1", {"a40"}}};
    policy.partitions.resize(2);
    policy.partitions[0].name = "p1";
    policy.partitions[0].nodes = {"a100-n1", "sv8ka-n1"};
    policy.partitions[0].classes = {"A"};
    policy.partitions[1].name = "p2";
    policy.partitions[1].nodes = {"sv8ka-n1"};
    policy.partitions[1].classes = {"A", "B"};
    policy.classes = {{"A", "", "p1"}, {"B", "", "p2"}};
    policy.qos = {{}};
    policy.qos[0].name = policy.default_qos = "normal";
    policy.gpu_caps = {{"a100", 20, 40 * 1024, 0}, {"a40", 10, 100 * 1024, 3}};
    policy.limits.mail_domains = {"inha.edu", "inha.ac.kr"};
    nodes = {{"a100-n1", "a100", 4, 80, 160 * 1024}, {"sv8ka-n1", "a40", 8, 80, 800 * 1024}};
    user.class_name = "B";
    user.team = "vision";
    facts.policy = &policy;
    facts.nodes = &nodes;
    facts.user = &user;
    facts.team = &team;
  }
};

JobSpecification job() {
  JobSpecification asked;
  asked.user = "kim";
  asked.resources.gpu_model = "a40";
  asked.resources.gpus_per_node = 1;
  asked.time_limit_min = 60;
  return asked;
}

JobSpecification accepted(const Center& center, const JobSpecification& asked,
                          std::string_view domain = {}) {
  const auto answer = admit(asked, domain, center.facts);
  if (const auto* refused = std::get_if<AdmissionRefused>(&answer)) FAIL(refused->sentence);
  return std::get<JobSpecification>(answer);
}

Refusal refused(const Center& center, const JobSpecification& asked, std::string_view domain = {}) {
  const auto answer = admit(asked, domain, center.facts);
  REQUIRE(std::holds_alternative<AdmissionRefused>(answer));
  return std::get<AdmissionRefused>(answer).why;
}

}  // namespace

TEST_CASE("what a submission doesn't say the policy fills in") {
  const Center center;
  const auto settled = accepted(center, job());
  CHECK(settled.account == "vision");
  CHECK(settled.partitions == std::vector<std::string>{"p2"});
  CHECK(settled.qos == "normal");
  CHECK(settled.resources.memory_mib_per_node == 4'096);

  auto wide = job();
  wide.resources.task_count = 3;
  wide.resources.cpus_per_task = 2;
  CHECK(accepted(center, wide).resources.cpus_per_node == 6);
  CHECK(accepted(center, wide).resources.memory_mib_per_node == 6 * 4'096);
  wide.resources.memory_mib_per_node = as_much_memory_as_allowed;
  CHECK(accepted(center, wide).resources.memory_mib_per_node == 100 * 1024);
}

TEST_CASE("only approved users who aren't suspended submit, for their own team") {
  Center center;
  center.facts.is_active = false;
  CHECK(refused(center, job()) == Refusal::user_is_suspended);
  center.facts.is_active = true;
  auto other = job();
  other.account = "robots";
  CHECK(refused(center, other) == Refusal::account_is_not_his);
  center.facts.is_privileged = true;
  CHECK(accepted(center, other).account == "robots");
  center.facts.user = nullptr;
  CHECK(refused(center, job()) == Refusal::user_is_unknown);
}

TEST_CASE("a partition is for its classes, and takes jobs while it is up") {
  Center center;
  auto asked = job();
  asked.partitions = {"p1"};
  CHECK(refused(center, asked) == Refusal::partition_is_not_for_his_class);
  asked.partitions = {"p9"};
  CHECK(refused(center, asked) == Refusal::partition_is_unknown);
  center.policy.partitions[1].is_up = false;
  CHECK(refused(center, job()) == Refusal::partition_is_down);
  center.policy.partitions[1].is_up = true;
  center.user.class_name = "Z";
  CHECK(refused(center, job()) == Refusal::partition_is_missing);
  center.user.class_name = "A";
  asked.partitions = {"p2", "p1"};
  CHECK(accepted(center, asked).partitions == asked.partitions);
}

TEST_CASE("numbers of GPUs, processors and memory are within the center's limits") {
  Center center;
  center.user.class_name = "A";
  auto asked = job();
  asked.resources.gpus_per_node = 0;
  CHECK(refused(center, asked) == Refusal::gpus_are_too_few);
  asked.resources.gpus_per_node = 4;  // Three a job of this model.
  CHECK(refused(center, asked) == Refusal::gpus_are_too_many);
  asked.resources.gpu_model = "a100";
  CHECK(accepted(center, asked).resources.gpus_per_node == 4);
  asked.resources.gpus_per_node = 5;
  CHECK(refused(center, asked) == Refusal::gpus_are_too_many);
  center.user.limits.gpus_per_job_max = 8;
  CHECK(refused(center, asked) == Refusal::never_fits);
  asked.resources.gpu_model = "h100";
  CHECK(refused(center, asked) == Refusal::gpu_model_is_unknown);

  asked = job();
  asked.resources.cpus_per_task = 11;
  CHECK(refused(center, asked) == Refusal::cpus_are_too_many);
  asked.resources.cpus_per_task = 10;
  CHECK(accepted(center, asked).resources.cpus_per_node == 10);
  asked.resources.memory_mib_per_node = 100 * 1024 + 1;
  CHECK(refused(center, asked) == Refusal::memory_is_too_much);
  asked.resources.cpus_per_task = 0;
  CHECK(refused(center, asked) == Refusal::task_count_is_invalid);

  // Of any model: as much as the most generous cap allows, and where that is.
  asked = job();
  asked.resources.gpu_model.clear();
  asked.resources.cpus_per_task = 20;
  CHECK(accepted(center, asked).resources.cpus_per_node == 20);
  CHECK(accepted(center, asked).resources.memory_mib_per_node == 40 * 1024);
  asked.resources.memory_mib_per_node = 100 * 1024;
  CHECK(refused(center, asked) == Refusal::never_fits);
}

TEST_CASE("a time limit is there, and short enough") {
  Center center;
  auto asked = job();
  asked.time_limit_min = 0;
  CHECK(refused(center, asked) == Refusal::time_limit_is_missing);
  center.policy.partitions[1].time_limit_default_min = 30;
  CHECK(accepted(center, asked).time_limit_min == 30);
  asked.time_limit_min = 7 * 1'440;
  CHECK(accepted(center, asked).time_limit_min == 10'080);
  asked.time_limit_min = 7 * 1'440 + 1;
  CHECK(refused(center, asked) == Refusal::time_limit_is_too_long);
  center.user.limits.time_limit_max_min = 20'000;
  CHECK(accepted(center, asked).time_limit_min == 10'081);
  center.policy.partitions[1].time_limit_max_min = 100;
  CHECK(refused(center, asked) == Refusal::time_limit_is_too_long);
  asked.time_limit_min = 10;
  asked.time_limit_min_least = 11;
  CHECK(refused(center, asked) == Refusal::least_time_is_invalid);
}

TEST_CASE("nodes and features that are named are there, in the job's partition") {
  Center center;
  auto asked = job();
  asked.nodes.wanted = {"a100-n9"};
  CHECK(refused(center, asked) == Refusal::node_is_unknown);
  asked.nodes.wanted = {"a100-n1"};
  CHECK(refused(center, asked) == Refusal::node_is_not_in_partition);
  asked.nodes.wanted = {"sv8ka-n1"};
  CHECK(accepted(center, asked).resources.node_count == 1);
  asked.nodes.features = {"h100"};
  CHECK(refused(center, asked) == Refusal::feature_is_unknown);
  asked.nodes.features = {"a100"};
  CHECK(refused(center, asked) == Refusal::never_fits);
  asked = job();
  asked.resources.node_count = 65;
  CHECK(refused(center, asked) == Refusal::node_count_is_invalid);
  asked.resources.node_count = 2;
  CHECK(refused(center, asked) == Refusal::never_fits);
}

TEST_CASE("a user has so many jobs, a team so many, and the center") {
  Center center;
  center.facts.user_jobs = 99;
  accepted(center, job());
  center.facts.task_count = 2;
  CHECK(refused(center, job()) == Refusal::jobs_are_too_many);
  center.user.limits.jobs_max = 200;
  accepted(center, job());
  center.facts.team_jobs = 10;
  center.team.limits.jobs_max = 11;
  CHECK(refused(center, job()) == Refusal::jobs_are_too_many);
  center.facts.team_jobs = 0;
  center.facts.jobs_in_all = 199'999;
  CHECK(refused(center, job()) == Refusal::queue_is_full);
  center.facts.task_count = 1'002;
  CHECK(refused(center, job()) == Refusal::array_is_too_large);
}

TEST_CASE("mail goes to the center's domains, and other words make sense") {
  Center center;
  auto asked = job();
  asked.mail.types = job_mail_type::end;
  CHECK(refused(center, asked, "example.com") == Refusal::mail_domain_is_not_allowed);
  accepted(center, asked, "inha.edu");
  accepted(center, asked);
  asked = job();
  asked.nice = -1;
  CHECK(refused(center, asked) == Refusal::nice_is_not_allowed);
  asked = job();
  asked.qos = "gold";
  CHECK(refused(center, asked) == Refusal::qos_is_unknown);
  asked = job();
  asked.dependencies = {{JobDependencyKind::after_ok, 0}};
  CHECK(refused(center, asked) == Refusal::dependency_is_invalid);
  asked.dependencies = {{JobDependencyKind::singleton, 0}};
  accepted(center, asked);
}

TEST_CASE("a change is judged by what it touches, and operators may do more") {
  Center center;
  const auto before = accepted(center, job());
  const auto why = [&](const JobChange& change) {
    const auto answer = admit_change(before, change, {}, center.facts);
    const auto* refused = std::get_if<AdmissionRefused>(&answer);
    return refused == nullptr ? std::optional<Refusal>() : refused->why;
  };
  JobChange longer;
  longer.time_limit_min = 61;
  CHECK(why(longer) == Refusal::time_limit_may_only_fall);
  JobChange shorter;
  shorter.time_limit_min = 59;
  CHECK_FALSE(why(shorter));
  JobChange given;
  given.priority = 7;
  CHECK(why(given) == Refusal::priority_is_not_allowed);
  JobChange elsewhere;
  elsewhere.partitions = {"p1"};
  CHECK(why(elsewhere) == Refusal::partition_is_not_for_his_class);
  // A name is free even where the policy wouldn't take the job any more.
  center.policy.limits.time_limit_max_min = 1;
  JobChange renamed;
  renamed.name = "x";
  CHECK_FALSE(why(renamed));
  CHECK(why(shorter) == Refusal::time_limit_is_too_long);
  center.facts.is_privileged = true;
  CHECK_FALSE(why(longer));
  CHECK_FALSE(why(given));
}
