#include "actors/processes/resource_process.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "actors/processes/default_networks.hpp"
#include "actors/processes/resource_failures.hpp"
#include "events/archive.hpp"
#include "events/end_of_bytes.hpp"
#include "events/folds/disk_usage.hpp"
#include "events/folds/subnet_users.hpp"
#include "events/stream_name.hpp"

namespace orrery {
namespace {

/// The one command that brings a goal about; nothing for a goal of the VM process.
template <class Goal>
std::optional<AddressedCommand> command_for(const std::string&, const Goal&) {
  return std::nullopt;
}
std::optional<AddressedCommand> command_for(const std::string& id, const CreateDisk& goal) {
  return To<Disk>{id, Disk::Create{{goal.specification, goal.serial_number}}};
}
std::optional<AddressedCommand> command_for(const std::string& id, const ResizeDisk& goal) {
  return To<Disk>{id, Disk::Resize{goal.size_gib}};
}
std::optional<AddressedCommand> command_for(const std::string& id, const DeleteDisk&) {
  return To<Disk>{id, Disk::Delete{}};
}
std::optional<AddressedCommand> command_for(const std::string& id, const RenameNetwork& goal) {
  return To<Network>{id, Network::Rename{goal.name}};
}
std::optional<AddressedCommand> command_for(const std::string& id, const DeleteNetwork&) {
  return To<Network>{id, Network::Delete{}};
}
std::optional<AddressedCommand> command_for(const std::string& id, const RenameSubnet& goal) {
  return To<Network>{goal.network_id, Network::RenameSubnet{id, goal.name}};
}
std::optional<AddressedCommand> command_for(const std::string& id, const DeleteSubnet& goal) {
  return To<Network>{goal.network_id, Network::RemoveSubnet{id}};
}
std::optional<AddressedCommand> command_for(const std::string& id, const CreateFirewallRule& goal) {
  return To<FirewallRule>{id, FirewallRule::Create{goal.rule}};
}
std::optional<AddressedCommand> command_for(const std::string& id, const ChangeFirewallRule& goal) {
  return To<FirewallRule>{id, FirewallRule::Change{goal.match}};
}
std::optional<AddressedCommand> command_for(const std::string& id, const DeleteFirewallRule&) {
  return To<FirewallRule>{id, FirewallRule::Delete{}};
}

std::optional<AddressedCommand> command_for(const std::string& target, const OperationGoal& goal) {
  return std::visit([&](const auto& wanted) { return command_for(target, wanted); }, goal);
}

/// The aggregate that the command for this goal goes to: a subnet's network decides for it.
const std::string& aggregate_of(const OperationStarted& started) {
  if (const auto* rename = std::get_if<RenameSubnet>(&started.goal)) return rename->network_id;
  if (const auto* remove = std::get_if<DeleteSubnet>(&started.goal)) return remove->network_id;
  return started.target_id;
}

/// Whether `command_for` makes such commands.
bool is_of_operation(const Network::Command& command) {
  return !std::holds_alternative<Network::Create>(command) &&
         !std::holds_alternative<Network::AddSubnet>(command);
}
template <class Command>
bool is_of_operation(const Command&) {
  return true;
}

/// How the operation fails; nothing where an aggregate refused what belongs to none.
template <class R>
std::optional<Operation::Fail> failure(R rejection) {
  if constexpr (requires { failure_of(rejection); }) return failure_of(rejection);
  return std::nullopt;
}

}  // namespace

class ResourceProcess::State {
 public:
  void apply(const RecordedEvent& recorded);
  std::vector<OwedCommand> due();
  std::vector<OwedCommand> resume();
  void answered(const std::string& aggregate_id, std::optional<Operation::Fail> failure);
  DefaultNetworks& default_networks() { return default_networks_; }
  void save(std::string& out) const;
  void load(std::string_view bytes);

 private:
  struct PendingOperation {
    std::string id;
    std::string target_id;
    OperationGoal goal;
    std::uint64_t causation = 0;
    std::string correlation;

    BOOST_DESCRIBE_CLASS(PendingOperation, (), (id, target_id, goal, causation, correlation), (),
                         ())
  };
  /// What is known about the first operation of a queue. After a crash: nothing.
  enum class Phase : std::uint8_t { not_asked, asked, answered, ending };
  /// What one aggregate is to do.
  struct Queue {
    /// In the order in which they started.
    std::vector<PendingOperation> operations;

    BOOST_DESCRIBE_CLASS(Queue, (), (operations), (), ())

    Phase phase = Phase::not_asked;
    /// Of the answer; nothing where it was yes.
    std::optional<Operation::Fail> failure;
  };

  void on(const RecordedEvent& recorded, const OperationStarted& event);
  void on(const RecordedEvent& recorded, const OperationSucceeded&) { end(recorded); }
  void on(const RecordedEvent& recorded, const OperationFailed&) { end(recorded); }
  void on(const RecordedEvent& recorded, const SubnetAdded& event);
  void on(const RecordedEvent& recorded, const SubnetRemoved& event);
  void on(const RecordedEvent& recorded, const NetworkDeleted&);

  void end(const RecordedEvent& recorded);
  void note(const std::string& aggregate_id);
  std::optional<AddressedCommand> step(Queue& queue);
  std::optional<Operation::Fail> refusal(const PendingOperation& operation) const;
  bool has_vms(const std::string& network_id) const;

  /// By aggregate.
  std::map<std::string, Queue, std::less<>> queues_;
  DiskUsage disk_usage_;
  SubnetUsers subnet_users_;
  /// Of networks that exist.
  std::map<std::string, std::set<std::string>, std::less<>> subnets_of_network_;
  DefaultNetworks default_networks_;

  /// Derived: operation → aggregate.
  std::map<std::string, std::string, std::less<>> aggregate_of_operation_;
  bool resumed_ = false;
  std::set<std::string> noted_;
};

ResourceProcess::ResourceProcess() : state_(std::make_unique<State>()) {}
ResourceProcess::~ResourceProcess() = default;
ResourceProcess::ResourceProcess(ResourceProcess&&) noexcept = default;
ResourceProcess& ResourceProcess::operator=(ResourceProcess&&) noexcept = default;

void ResourceProcess::apply(const RecordedEvent& event) { state_->apply(event); }
std::vector<OwedCommand> ResourceProcess::due() { return state_->due(); }
std::vector<OwedCommand> ResourceProcess::resume() { return state_->resume(); }
void ResourceProcess::save(std::string& out) const { state_->save(out); }
void ResourceProcess::load(std::string_view bytes) { state_->load(bytes); }

void ResourceProcess::accepted(const AddressedCommand& command) {
  std::visit(
      [&](const auto& to) {
        if (is_of_operation(to.command)) state_->answered(to.id, std::nullopt);
      },
      command);
}

void ResourceProcess::refused(const RefusedCommand& command) {
  std::visit(
      [&]<class A>(const Rejected<A>& refused) {
        if constexpr (std::is_same_v<A, Network>)
          state_->default_networks().refused(refused.id, refused.command);
        if (is_of_operation(refused.command))
          state_->answered(refused.id, failure(refused.rejection));
      },
      command);
}

void ResourceProcess::State::apply(const RecordedEvent& recorded) {
  disk_usage_.apply(recorded);
  subnet_users_.apply(recorded);
  default_networks_.apply(recorded);
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { on(recorded, event); }) on(recorded, event);
      },
      recorded.event);
}

void ResourceProcess::State::note(const std::string& aggregate_id) {
  if (resumed_) noted_.insert(aggregate_id);
}

void ResourceProcess::State::on(const RecordedEvent& recorded, const OperationStarted& event) {
  if (!command_for(event.target_id, event.goal)) return;
  const std::string operation_id(stream_id(recorded.stream));
  const auto& aggregate_id = aggregate_of(event);
  queues_[aggregate_id].operations.push_back(
      {operation_id, event.target_id, event.goal, recorded.position, recorded.origin.correlation});
  aggregate_of_operation_.emplace(operation_id, aggregate_id);
  note(aggregate_id);
}

void ResourceProcess::State::end(const RecordedEvent& recorded) {
  const auto found = aggregate_of_operation_.find(stream_id(recorded.stream));
  if (found == aggregate_of_operation_.end()) return;
  const auto [operation_id, aggregate_id] = *found;
  aggregate_of_operation_.erase(found);
  const auto queue = queues_.find(aggregate_id);
  auto& operations = queue->second.operations;
  if (operations.front().id == operation_id) {
    queue->second.phase = Phase::not_asked;
    queue->second.failure.reset();
  }
  std::erase_if(operations, [&](const auto& operation) { return operation.id == operation_id; });
  if (operations.empty())
    queues_.erase(queue);
  else
    note(aggregate_id);
}

void ResourceProcess::State::on(const RecordedEvent& recorded, const SubnetAdded& event) {
  subnets_of_network_[std::string(stream_id(recorded.stream))].insert(event.subnet_id);
}

void ResourceProcess::State::on(const RecordedEvent& recorded, const SubnetRemoved& event) {
  const auto network = subnets_of_network_.find(stream_id(recorded.stream));
  if (network != subnets_of_network_.end()) network->second.erase(event.subnet_id);
}

void ResourceProcess::State::on(const RecordedEvent& recorded, const NetworkDeleted&) {
  const auto network = subnets_of_network_.find(stream_id(recorded.stream));
  if (network != subnets_of_network_.end()) subnets_of_network_.erase(network);
}

void ResourceProcess::State::answered(const std::string& aggregate_id,
                                      std::optional<Operation::Fail> failure) {
  const auto found = queues_.find(aggregate_id);
  if (found == queues_.end() || found->second.phase != Phase::asked) return;
  found->second.phase = Phase::answered;
  found->second.failure = std::move(failure);
  note(aggregate_id);
}

std::vector<OwedCommand> ResourceProcess::State::due() {
  auto owed = default_networks_.due(name);
  for (const auto& aggregate_id : std::exchange(noted_, {})) {
    const auto found = queues_.find(aggregate_id);
    if (found == queues_.end()) continue;
    auto command = step(found->second);
    const auto& operation = found->second.operations.front();
    if (command)
      owed.push_back(
          {std::move(*command), {std::string(name), operation.causation, operation.correlation}});
  }
  return owed;
}

std::vector<OwedCommand> ResourceProcess::State::resume() {
  resumed_ = true;
  auto owed = default_networks_.resume(name);
  for (auto& [aggregate_id, queue] : queues_) {
    queue.phase = Phase::not_asked;
    queue.failure.reset();
    noted_.insert(aggregate_id);
  }
  std::ranges::move(due(), std::back_inserter(owed));
  return owed;
}

/// What the first operation of the queue is owed now.
std::optional<AddressedCommand> ResourceProcess::State::step(Queue& queue) {
  const auto& operation = queue.operations.front();
  if (queue.phase == Phase::not_asked) {
    queue.failure = refusal(operation);
    if (!queue.failure) {
      queue.phase = Phase::asked;
      return command_for(operation.target_id, operation.goal);
    }
    queue.phase = Phase::answered;
  }
  if (queue.phase != Phase::answered) return std::nullopt;
  queue.phase = Phase::ending;
  if (queue.failure) return To<Operation>{operation.id, *queue.failure};
  return To<Operation>{operation.id, Operation::Succeed{}};
}

/// Why the operation fails without asking the aggregate. Never once what it wants has happened:
/// then it is to succeed, whatever came afterwards.
std::optional<Operation::Fail> ResourceProcess::State::refusal(
    const PendingOperation& operation) const {
  if (const auto* exceeded = disk_usage_.refusal(operation.id))
    return Operation::Fail{quota_exceeded_code, exceeded->message()};
  if (std::holds_alternative<DeleteNetwork>(operation.goal) && has_vms(operation.target_id))
    return Operation::Fail{"network_in_use", "VMs have addresses in the network."};
  if (const auto* subnet = std::get_if<DeleteSubnet>(&operation.goal)) {
    const auto network = subnets_of_network_.find(subnet->network_id);
    if (network != subnets_of_network_.end() && network->second.contains(operation.target_id) &&
        subnet_users_.count(operation.target_id) != 0)
      return Operation::Fail{"subnet_in_use", "VMs have addresses in the subnet."};
  }
  return std::nullopt;
}

bool ResourceProcess::State::has_vms(const std::string& network_id) const {
  const auto network = subnets_of_network_.find(network_id);
  return network != subnets_of_network_.end() &&
         std::ranges::any_of(network->second, [&](const std::string& subnet_id) {
           return subnet_users_.count(subnet_id) != 0;
         });
}

void ResourceProcess::State::save(std::string& out) const {
  ByteWriter writer(out);
  writer(queues_, subnets_of_network_);
  disk_usage_.save(writer);
  subnet_users_.save(writer);
  default_networks_.save(writer);
}

void ResourceProcess::State::load(std::string_view bytes) {
  *this = {};
  ByteReader reader(bytes);
  reader(queues_, subnets_of_network_);
  disk_usage_.load(reader);
  subnet_users_.load(reader);
  default_networks_.load(reader);
  expect_end(reader);
  for (const auto& [aggregate_id, queue] : queues_)
    for (const auto& operation : queue.operations)
      aggregate_of_operation_.emplace(operation.id, aggregate_id);
}

}  // namespace orrery
