#include "tests/support/rule_world.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include <boost/core/demangle.hpp>

#include "actors/batch/batch_scheduler.hpp"
#include "actors/placement/placement.hpp"
#include "actors/processes/billing_process.hpp"
#include "actors/processes/gpu_repair_process.hpp"
#include "actors/processes/node_process.hpp"
#include "actors/processes/resource_process.hpp"
#include "events/stream_name.hpp"

namespace orrery {
namespace {

template <class A>
using StatesOf = std::map<std::string, typename A::State>;
template <class... A>
std::tuple<StatesOf<A>...> states_of(boost::mp11::mp_list<A...>);

/// Which aggregate an event is of.
template <class E>
struct Has {
  template <class A>
  using fn = boost::mp11::mp_contains<typename A::Event, E>;
};

std::string goal_name(const OperationGoal& goal) {
  return std::visit([](const auto& g) { return boost::core::demangle(typeid(g).name()); }, goal);
}

std::string target(const OwedCommand& owed) {
  return std::visit([]<class A>(const To<A>& to) { return stream_name(A::stream_prefix, to.id); },
                    owed.command);
}

}  // namespace

struct RuleWorld::States {
  decltype(states_of(Aggregates{})) all;
};

struct RuleWorld::Machines {
  NodeProcess node_process;
  Placement placement;
  VmProcess vm_process;
  ResourceProcess resource_process;
  InstanceProcess instance_process;
  BillingProcess billing_process;
  ServiceProcess service_process;
  ClientProcess client_process;
  SharedNodeProcess shared_node_process;
  InferenceProcess inference_process;
  JobProcess job_process;
  BatchScheduler batch_scheduler;
  GpuRepairProcess gpu_repair_process;

  template <class F>
  void for_each(F f) {
    f(node_process);
    f(placement);
    f(vm_process);
    f(resource_process);
    f(instance_process);
    f(billing_process);
    f(service_process);
    f(client_process);
    f(shared_node_process);
    f(inference_process);
    f(job_process);
    f(batch_scheduler);
    f(gpu_repair_process);
  }
};

RuleWorld::RuleWorld()
    : states_(std::make_unique<States>()), machines_(std::make_unique<Machines>()) {
  resume();
}
RuleWorld::~RuleWorld() = default;
RuleWorld::RuleWorld(RuleWorld&&) noexcept = default;
RuleWorld& RuleWorld::operator=(RuleWorld&&) noexcept = default;

RuleWorld RuleWorld::after_crash(const RuleWorld& other, std::size_t count) {
  RuleWorld world;
  world.now_ = other.now_;
  for (std::size_t i = 0; i < count; ++i) world.fold(other.log_[i]);
  world.start_machines(world.log_.size());
  world.resume();
  return world;
}

void RuleWorld::send(AddressedCommand command, const Origin& origin) {
  std::visit([&](const auto& to) { decide(to, origin); }, command);
}

template <class A>
void RuleWorld::decide(const To<A>& to, const Origin& origin) {
  const auto decision = A::decide(std::get<StatesOf<A>>(states_->all)[to.id], to.command);
  if (!decision) {
    const RefusedCommand refused = Rejected<A>{to.id, to.command, decision.error()};
    machines_->for_each([&](auto& machine) {
      if (machine.name.starts_with(origin.actor)) machine.refused(refused);
    });
    refusals_.push_back(boost::describe::enum_to_string(decision.error(), "?"));
    return gather();
  }
  const auto stream = stream_name(A::stream_prefix, to.id);
  for (const auto& event : *decision) {
    fold({log_.size() + 1, stream, ++versions_[stream], now_, origin,
          std::visit([](const auto& happened) { return Event{happened}; }, event)});
    machines_->for_each([&](auto& machine) { machine.apply(log_.back()); });
  }
  if (origin.actor == machines_->resource_process.name) machines_->resource_process.accepted(to);
  gather();
}

void RuleWorld::run(const std::function<std::size_t(std::size_t)>& pick) {
  do {
    while (run_one(pick)) {
    }
  } while (drive());
}

bool RuleWorld::run_one(const std::function<std::size_t(std::size_t)>& pick) {
  if (owed_.empty()) return false;
  const auto heads = first_for_each_aggregate();
  step(heads[pick(heads.size())]);
  return true;
}

void RuleWorld::step(std::size_t index) {
  const auto owed = std::move(owed_[index]);
  owed_.erase(owed_.begin() + static_cast<std::ptrdiff_t>(index));
  send(owed.command, owed.origin);
}

bool RuleWorld::drive() {
  const auto before = log_.size();
  const auto nodes = all<Node>();
  for (const auto& [id, node] : nodes)
    if (const auto* known = std::get_if<Node::Registered>(&node);
        known && !known->ready && boots_ && known->description.driver != NodeDriver::owner)
      send<Node>(id, Node::ReportReady{});
  drive_vms();
  drive_instances();
  drive_services();
  drive_jobs();
  return log_.size() != before || !owed_.empty();
}

void RuleWorld::drive_vms() {
  const auto vms = all<Vm>();
  for (const auto& [id, vm] : vms) {
    if (const auto* placed = std::get_if<Vm::Placed>(&vm); placed && starts_)
      send<Vm>(id, Vm::ReportStarted{placed->placement.private_ipv4, placed->placement.public_ipv4,
                                     placed->placement.fence});
    if (const auto* resetting = std::get_if<Vm::Resetting>(&vm))
      send<Vm>(id, Vm::ReportReset{resetting->vm.reset_count});
    if (const auto* stopping = std::get_if<Vm::Stopping>(&vm))
      send<Vm>(id, Vm::ReportStopped{stopping->placement.fence});
    if (const auto* deleting = std::get_if<Vm::Deleting>(&vm))
      send<Vm>(id, Vm::ReportStopped{deleting->fence});
  }
}

bool RuleWorld::was_placed(const std::string& instance) const {
  return std::any_of(log_.begin(), log_.end(), [&](const RecordedEvent& recorded) {
    return recorded.stream == instance && std::holds_alternative<InstancePlaced>(recorded.event);
  });
}

void RuleWorld::drive_instances() {
  const auto instances = all<Instance>();
  for (const auto& [id, instance] : instances) {
    if (const auto* placed = std::get_if<Instance::Placed>(&instance); placed && starts_)
      send<Instance>(id, Instance::ReportStarted{{"172.31.0.1", 30'001}, placed->placement.fence});
    if (const auto* stopping = std::get_if<Instance::Stopping>(&instance)) {
      if (stopping->stop.snapshot)
        send<Instance>(id, Instance::ReportSnapshot{{*stopping->stop.snapshot, 3'000'000'000},
                                                    stopping->placement.fence});
      send<Instance>(id, Instance::ReportStopped{stopping->placement.fence});
    }
    // Of one that was never placed no driver knows.
    if (const auto* deleting = std::get_if<Instance::Deleting>(&instance);
        deleting && was_placed(stream_name(Instance::stream_prefix, id)))
      send<Instance>(id, Instance::ReportStopped{deleting->fence});
  }
}

void RuleWorld::drive_services() {
  const auto services = all<Service>();
  for (const auto& [id, service] : services) {
    if (const auto* placed = std::get_if<Service::Placed>(&service); placed && starts_) {
      const auto fence = placed->placement.fence;
      send<Service>(id, Service::ReportLaunched{{placed->placement.node_id, 8'001}, fence});
      send<Service>(id, Service::ReportReady{fence});
    }
    if (const auto* stopping = std::get_if<Service::Stopping>(&service))
      send<Service>(id, Service::ReportExited{stopping->placement.fence, {}, 15});
  }
}

void RuleWorld::drive_jobs() {
  const auto jobs = all<Job>();
  for (const auto& [id, job] : jobs) {
    const auto* active = std::get_if<Job::Active>(&job);
    if (active == nullptr) continue;
    const auto fence = active->allocation.fence;
    if (active->stop)
      send<Job>(id, Job::ReportExited{fence, {{}, 15, true, ""}});
    else if (!active->is_running && starts_)
      send<Job>(id, Job::ReportStarted{fence});
  }
}

void RuleWorld::pass_time(std::chrono::seconds span) {
  now_ += span;
  for (auto& owed : machines_->service_process.at(now_)) owed_.push_back(std::move(owed));
  for (auto& owed : machines_->job_process.at(now_)) owed_.push_back(std::move(owed));
  for (auto& owed : machines_->batch_scheduler.at(now_)) owed_.push_back(std::move(owed));
}

void RuleWorld::set_driver(bool boots, bool starts) {
  boots_ = boots;
  starts_ = starts;
}

template <class A>
const std::map<std::string, typename A::State>& RuleWorld::all() const {
  return std::get<StatesOf<A>>(states_->all);
}
template const std::map<std::string, Cluster::State>& RuleWorld::all<Cluster>() const;
template const std::map<std::string, Node::State>& RuleWorld::all<Node>() const;
template const std::map<std::string, Gpu::State>& RuleWorld::all<Gpu>() const;
template const std::map<std::string, Lease::State>& RuleWorld::all<Lease>() const;
template const std::map<std::string, Vm::State>& RuleWorld::all<Vm>() const;
template const std::map<std::string, Operation::State>& RuleWorld::all<Operation>() const;
template const std::map<std::string, Organization::State>& RuleWorld::all<Organization>() const;
template const std::map<std::string, Project::State>& RuleWorld::all<Project>() const;
template const std::map<std::string, Account::State>& RuleWorld::all<Account>() const;
template const std::map<std::string, Token::State>& RuleWorld::all<Token>() const;
template const std::map<std::string, Image::State>& RuleWorld::all<Image>() const;
template const std::map<std::string, Disk::State>& RuleWorld::all<Disk>() const;
template const std::map<std::string, Network::State>& RuleWorld::all<Network>() const;
template const std::map<std::string, FirewallRule::State>& RuleWorld::all<FirewallRule>() const;
template const std::map<std::string, Quota::State>& RuleWorld::all<Quota>() const;
template const std::map<std::string, Price::State>& RuleWorld::all<Price>() const;
template const std::map<std::string, Reservation::State>& RuleWorld::all<Reservation>() const;
template const std::map<std::string, AddressPool::State>& RuleWorld::all<AddressPool>() const;
template const std::map<std::string, Instance::State>& RuleWorld::all<Instance>() const;
template const std::map<std::string, Volume::State>& RuleWorld::all<Volume>() const;
template const std::map<std::string, Wallet::State>& RuleWorld::all<Wallet>() const;
template const std::map<std::string, Region::State>& RuleWorld::all<Region>() const;
template const std::map<std::string, Sku::State>& RuleWorld::all<Sku>() const;
template const std::map<std::string, ContainerImage::State>& RuleWorld::all<ContainerImage>() const;
template const std::map<std::string, Service::State>& RuleWorld::all<Service>() const;
template const std::map<std::string, ServiceGroup::State>& RuleWorld::all<ServiceGroup>() const;
template const std::map<std::string, Client::State>& RuleWorld::all<Client>() const;
template const std::map<std::string, Handle::State>& RuleWorld::all<Handle>() const;
template const std::map<std::string, GpuRecord::State>& RuleWorld::all<GpuRecord>() const;
template const std::map<std::string, SharedNode::State>& RuleWorld::all<SharedNode>() const;
template const std::map<std::string, Inference::State>& RuleWorld::all<Inference>() const;
template const std::map<std::string, Job::State>& RuleWorld::all<Job>() const;
template const std::map<std::string, JobArray::State>& RuleWorld::all<JobArray>() const;
template const std::map<std::string, BatchPolicyRecord::State>& RuleWorld::all<BatchPolicyRecord>()
    const;
template const std::map<std::string, CenterUser::State>& RuleWorld::all<CenterUser>() const;
template const std::map<std::string, CenterTeam::State>& RuleWorld::all<CenterTeam>() const;
template const std::map<std::string, Notice::State>& RuleWorld::all<Notice>() const;
template const std::map<std::string, Kitten::State>& RuleWorld::all<Kitten>() const;
template const std::map<std::string, Webhook::State>& RuleWorld::all<Webhook>() const;
template const std::map<std::string, SimulatedCluster::State>& RuleWorld::all<SimulatedCluster>()
    const;
template const std::map<std::string, SlurmRun::State>& RuleWorld::all<SlurmRun>() const;
template const std::map<std::string, SlurmCluster::State>& RuleWorld::all<SlurmCluster>() const;

std::string RuleWorld::story() const {
  std::string text;
  for (const auto& recorded : log_) {
    text.append(recorded.stream).append(" ").append(name_of(recorded.event));
    if (const auto* started = std::get_if<OperationStarted>(&recorded.event))
      text.append(" ").append(goal_name(started->goal)).append(" ").append(started->target_id);
    text.append("\n");
  }
  for (const auto& refusal : refusals_) text.append("refused: ").append(refusal).append("\n");
  return text;
}

const VmProcess& RuleWorld::vm_process() const { return machines_->vm_process; }
const InstanceProcess& RuleWorld::instance_process() const { return machines_->instance_process; }
const ServiceProcess& RuleWorld::service_process() const { return machines_->service_process; }
const ClientProcess& RuleWorld::client_process() const { return machines_->client_process; }
const SharedNodeProcess& RuleWorld::shared_node_process() const {
  return machines_->shared_node_process;
}
const InferenceProcess& RuleWorld::inference_process() const {
  return machines_->inference_process;
}

const JobProcess& RuleWorld::job_process() const { return machines_->job_process; }

/// Into the log and the aggregate it belongs to.
void RuleWorld::fold(const RecordedEvent& recorded) {
  log_.push_back(recorded);
  std::visit(
      [&]<class E>(const E& event) {
        using Owner = boost::mp11::mp_find_if_q<Aggregates, Has<E>>;
        if constexpr (Owner::value < boost::mp11::mp_size<Aggregates>::value) {
          using A = boost::mp11::mp_at<Aggregates, Owner>;
          auto& state =
              std::get<StatesOf<A>>(states_->all)[std::string(stream_id(recorded.stream))];
          state = A::evolve(std::move(state), event);
        }
      },
      recorded.event);
}

void RuleWorld::start_machines(std::size_t count) {
  *machines_ = {};
  for (std::size_t i = 0; i < count; ++i)
    machines_->for_each([&](auto& machine) { machine.apply(log_[i]); });
}

void RuleWorld::resume() {
  owed_.clear();
  machines_->for_each([&](auto& machine) {
    for (auto& owed : machine.resume()) owed_.push_back(std::move(owed));
  });
}

void RuleWorld::gather() {
  machines_->for_each([&](auto& machine) {
    for (auto& owed : machine.due()) owed_.push_back(std::move(owed));
  });
}

std::vector<std::size_t> RuleWorld::first_for_each_aggregate() const {
  std::vector<std::size_t> heads;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < owed_.size(); ++i)
    if (seen.insert(target(owed_[i])).second) heads.push_back(i);
  return heads;
}

std::string command_text(const OwedCommand& owed) {
  return std::visit(
      [&]<class A>(const To<A>& to) {
        auto type = std::visit(
            [](const auto& command) { return boost::core::demangle(typeid(command).name()); },
            to.command);
        return stream_name(A::stream_prefix, to.id) + " <- " + type.substr(type.find("::") + 2);
      },
      owed.command);
}

std::string command_text(const std::vector<OwedCommand>& owed) {
  std::string text;
  for (const auto& command : owed) text.append(command_text(command)).append("\n");
  return text;
}

}  // namespace orrery
