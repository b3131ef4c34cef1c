#include "projections/operations/operation_entry.hpp"

#include <utility>

#include <boost/mp11/algorithm.hpp>

namespace orrery {
namespace {

/// What the customer asked for, without credentials and without what was drawn for the VM: the VM
/// itself shows that.
template <class Archive, class Specification>
void exchange_wish(Archive& archive, Specification& specification) {
  archive(specification.name, specification.type, specification.location, specification.image,
          specification.cluster, specification.gpu_model, specification.gpu_count,
          specification.subnet_id, specification.public_address, specification.disks,
          specification.reservation_id, specification.nested_virtualization);
}

void write_goal(const CreateVm& create, ByteWriter& writer) {
  exchange_wish(writer, create.specification);
}
void write_goal(const auto& goal, ByteWriter& writer) { writer(goal); }

void read_goal(const OperationEntry& entry, CreateVm& create) {
  ByteReader reader(entry.own[OperationEntry::goal_text]);
  exchange_wish(reader, create.specification);
  create.specification.project_id = entry.project->text;
}
void read_goal(const OperationEntry& entry, auto& goal) {
  ByteReader{entry.own[OperationEntry::goal_text]}(goal);
}

OperationGoal read_goal(const OperationEntry& entry) {
  constexpr auto kind_count = std::variant_size_v<OperationGoal>;
  return boost::mp11::mp_with_index<kind_count>(static_cast<std::size_t>(entry.kind), [&](auto i) {
    std::variant_alternative_t<i, OperationGoal> goal;
    read_goal(entry, goal);
    return OperationGoal(std::move(goal));
  });
}

}  // namespace

OperationCollection collection_of(OperationKind kind) {
  using enum OperationKind;
  if (kind <= detach_disks) return OperationCollection::vm;
  if (kind <= delete_disk) return OperationCollection::disk;
  if (kind <= delete_network) return OperationCollection::network;
  return kind <= delete_subnet ? OperationCollection::subnet : OperationCollection::firewall_rule;
}

OperationDetails OperationEntry::details() const {
  OperationDetails details;
  details.id = id();
  details.project_id = project->text;
  details.target_id = target();
  details.collection = collection_of(kind);
  details.kind = kind;
  details.goal = read_goal(*this);
  details.request_digest = own[digest_text];
  details.state = state;
  details.failure_code = failure[code_text];
  details.failure_message = failure[message_text];
  details.started_at = started_at;
  if (state != OperationState::in_progress) details.completed_at = completed_at;
  details.version = version;
  return details;
}

void OperationEntry::describe(std::string_view id, const OperationStarted& started,
                              StringPool& pool) {
  thread_local std::string goal;
  goal.clear();
  ByteWriter writer(goal);
  std::visit([&](const auto& wanted) { write_goal(wanted, writer); }, started.goal);
  kind = static_cast<OperationKind>(started.goal.index());
  project = pool.pool(started.project_id);
  own = PackedStrings<4>({id, started.target_id, goal, started.request_digest});
}

void OperationEntry::save(ByteWriter& writer) const {
  writer(place, version, project->index);
  own.save(writer);
  failure.save(writer);
  writer(started_at, completed_at, kind, state);
}

void OperationEntry::load(ByteReader& reader, const StringPool& pool) {
  std::uint32_t project_index = 0;
  reader(place, version, project_index);
  project = pool.at(project_index);
  own = PackedStrings<4>::loaded(reader);
  failure = PackedStrings<2>::loaded(reader);
  reader(started_at, completed_at, kind, state);
  if (static_cast<std::size_t>(kind) >= std::variant_size_v<OperationGoal>)
    throw MalformedBytes("unknown operation kind");
  if (state > OperationState::failed) throw MalformedBytes("unknown operation state");
}

}  // namespace orrery
