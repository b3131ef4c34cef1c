#include "sim/job_workload.hpp"

#include <array>
#include <utility>

namespace orrery {
namespace {

constexpr auto gpu_model = "A40-48GB";
constexpr std::array users{"kim", "lee", "park"};

std::uint32_t number(SeededRandom& random, std::size_t least, std::size_t most) {
  return static_cast<std::uint32_t>(random.between(least, most));
}

JobRehearsal draw_rehearsal(SeededRandom& random) {
  JobRehearsal rehearsal;
  if (random.chance(800)) rehearsal.run_time_s = number(random, 1, 600);
  rehearsal.exit_code = random.chance(300) ? number(random, 0, 3) : 0;
  if (random.chance(300)) {
    rehearsal.utilisation = {{0, 100}, {number(random, 1, 300), 0}};
    if (random.chance(300)) rehearsal.utilisation.push_back({number(random, 301, 900), 90});
  }
  return rehearsal;
}

JobChange draw_change(SeededRandom& random) {
  JobChange change;
  if (random.chance(400)) change.time_limit_min = number(random, 1, 60);
  if (random.chance(300)) change.priority = number(random, 0, 100'000);
  if (random.chance(300)) change.name = "renamed";
  if (random.chance(200)) change.may_requeue = random.chance(500);
  return change;
}

}  // namespace

/// Two partitions over the same nodes: jobs of the first come first and may take the place of those
/// of the quality of service "spare".
BatchPolicy JobWorkload::policy(std::uint32_t idle_after_min) const {
  BatchPolicy policy;
  for (const auto& node : nodes_) policy.nodes.push_back({node, {"sim"}});
  policy.partitions = {{"p1", nodes_, {}, 1'440, 30, 2, 0, false, true},
                       {"p2", nodes_, {}, 1'440, 30, 1, 0, true, true}};
  BatchQos normal, spare;
  normal.name = "normal";
  normal.preempts = {"spare"};
  spare.name = "spare";
  spare.preempt_mode = PreemptMode::requeue;
  policy.qos = {normal, spare};
  policy.default_qos = "normal";
  policy.classes = {{"A", "", "p2"}};
  policy.limits.gpus_per_job_min = 0;
  policy.limits.gpus_per_job_max = 16;
  policy.idle.after_min = idle_after_min;
  policy.idle.warning_min = 2;
  policy.requeue_delay_s = 10;
  return policy;
}

std::vector<AddressedCommand> JobWorkload::center() const {
  std::vector<AddressedCommand> commands{
      To<BatchPolicyRecord>{cluster_, BatchPolicyRecord::Set{policy(10)}},
      To<CenterTeam>{"vision", CenterTeam::Set{{"Vision lab", "Inha", "", {}}}}};
  std::uint32_t uid = 10'000;
  for (const auto* user : users)
    commands.push_back(
        To<CenterUser>{user, CenterUser::Approve{{{"A", "vision", {}, CenterRole::none}, ++uid}}});
  return commands;
}

JobSpecification JobWorkload::draw(SeededRandom& random) const {
  JobSpecification wish;
  wish.cluster = cluster_;
  wish.user = users[random.below(users.size())];
  wish.account = "vision";
  wish.partitions =
      random.chance(300) ? std::vector<std::string>{"p1", "p2"} : std::vector<std::string>{"p2"};
  wish.qos = random.chance(300) ? "spare" : "normal";
  wish.name = "job";
  auto& resources = wish.resources;
  resources.node_count = random.chance(200) ? 2 : 1;
  if (random.chance(800)) {
    resources.gpus_per_node = number(random, 1, 3);
    resources.gpu_model = gpu_model;
  }
  resources.cpus_per_node = number(random, 1, 8);
  resources.memory_mib_per_node = number(random, 0, 4) * 1'024;
  resources.is_exclusive = random.chance(50);
  if (random.chance(100)) wish.nodes.wanted = {nodes_[random.below(nodes_.size())]};
  wish.time_limit_min = number(random, 1, 30);
  if (random.chance(200)) wish.time_limit_min_least = 1;
  if (random.chance(200) && job_count_ > 0)
    wish.dependencies = {
        {random.chance(500) ? JobDependencyKind::after_any : JobDependencyKind::after_ok,
         number(random, 1, job_count_)}};
  wish.may_requeue = random.chance(700);
  wish.mail.types = static_cast<std::uint16_t>(random.below(2'048));
  if (random.chance(200)) wish.signal = {10, number(random, 1, 120), random.chance(500)};
  wish.rehearsal = draw_rehearsal(random);
  return wish;
}

AddressedCommand JobWorkload::submit(SeededRandom& random) {
  if (random.chance(150)) return submit_array(random);
  JobSubmitted request;
  request.specification = draw(random);
  if (random.chance(100)) request.hold = JobHold::user;
  auto id = job_id(job_count_++);
  request.request_id = "request-" + id;
  return To<Job>{std::move(id), Job::Submit{std::move(request)}};
}

AddressedCommand JobWorkload::submit_array(SeededRandom& random) {
  JobArraySubmitted request;
  request.specification = draw(random);
  if (random.chance(300)) request.running_max = 1;
  auto id = job_id(job_count_);
  for (auto left = number(random, 1, 5); left > 0; --left)
    request.task_ids.push_back(static_cast<std::uint32_t>(job_count_++));
  request.request_id = "request-" + id;
  array_ids_.push_back(id);
  return To<JobArray>{std::move(id), JobArray::Submit{std::move(request)}};
}

Job::Command JobWorkload::draw_wish(SeededRandom& random) const {
  switch (random.below(10)) {
    case 0:
      return Job::Hold{random.chance(700) ? JobHold::user : JobHold::admin};
    case 1:
    case 2:
      return Job::Release{JobHold::admin};
    case 3:
      return Job::Signal{{random.chance(200) ? 9u : 10u, random.chance(500)}};
    case 4:
    case 5:
      return Job::Change{draw_change(random)};
    case 6:
      return Job::Stop{{JobStopReason::requeued, 0, "kim", true}, 0};
    default:
      return Job::Stop{{JobStopReason::cancelled, 0, "kim", false}, 0};
  }
}

AddressedCommand JobWorkload::want(SeededRandom& random) const {
  if (!array_ids_.empty() && random.chance(100))
    return To<JobArray>{array_ids_[random.below(array_ids_.size())], JobArray::Cancel{"kim"}};
  const auto index = job_count_ == 0 ? 0 : random.below(job_count_);
  return To<Job>{job_id(index), draw_wish(random)};
}

AddressedCommand JobWorkload::administer(SeededRandom& random) const {
  const std::string user = users[random.below(users.size())];
  switch (random.below(4)) {
    case 0:
      return To<CenterUser>{user, CenterUser::Suspend{{"by chance", 0}}};
    case 1:
    case 2:
      return To<CenterUser>{user, CenterUser::Reinstate{}};
    default:
      return To<BatchPolicyRecord>{cluster_, BatchPolicyRecord::Set{policy(number(random, 5, 30))}};
  }
}

std::vector<AddressedCommand> JobWorkload::stop_all() const {
  std::vector<AddressedCommand> commands;
  for (const auto* user : users) commands.push_back(To<CenterUser>{user, CenterUser::Reinstate{}});
  for (const auto& id : array_ids_) commands.push_back(To<JobArray>{id, JobArray::Cancel{"kim"}});
  for (std::size_t i = 0; i < job_count_; ++i)
    commands.push_back(
        To<Job>{job_id(i), Job::Stop{{JobStopReason::cancelled, 0, "kim", false}, 0}});
  return commands;
}

}  // namespace orrery
