#include "projections/vms/vm_view.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "events/stream_name.hpp"
#include "projections/vms/data_disks.hpp"
#include "projections/vms/vm_entry.hpp"

namespace orrery {

struct VmView::State {
  explicit State(std::size_t prepared_bytes_max) : vms(prepared_bytes_max) {}

  void fold(const OperationStarted& started, const RecordedEvent& recorded);
  void fold(const OperationSucceeded&, const RecordedEvent& recorded);
  void fold(const OperationFailed&, const RecordedEvent& recorded);
  void fold(const VmRequested& requested, const RecordedEvent& recorded);
  void fold(const VmPlaced& placed, const RecordedEvent& recorded);
  void fold(const VmStarted& started, const RecordedEvent& recorded);
  void fold(const VmDeletionRequested&, const RecordedEvent& recorded);
  void fold(const VmFailed& failed, const RecordedEvent& recorded);
  void fold(const VmDeleted&, const RecordedEvent& recorded);
  void fold(const VmStopRequested&, const RecordedEvent& recorded);
  void fold(const VmStopped&, const RecordedEvent& recorded);
  void fold(const VmStartRequested&, const RecordedEvent& recorded);
  void fold(const VmStartFailed&, const RecordedEvent& recorded);
  void fold(const VmResetRequested&, const RecordedEvent& recorded);
  void fold(const VmReset&, const RecordedEvent& recorded);
  void fold(const VmResized& resized, const RecordedEvent& recorded);
  void fold(const VmNetworkChanged& changed, const RecordedEvent& recorded);
  void fold(const VmReserved& reserved, const RecordedEvent& recorded);
  void fold(const VmUnreserved&, const RecordedEvent& recorded);
  void fold(const SubnetAdded& added, const RecordedEvent& recorded);
  template <class Other>
  void fold(const Other& event, const RecordedEvent& recorded) {
    if constexpr (requires { disks.fold(event, recorded); })
      for (const auto& vm_id : disks.fold(event, recorded))
        show_disk(vm_id, stream_id(recorded.stream), recorded.time);
  }

  /// No next state: it stays in the one that it is in.
  template <class Change>
  void change(const RecordedEvent& recorded, std::optional<VmState> next, Change&& change);
  void become(const RecordedEvent& recorded, VmState next) {
    change(recorded, next, [](VmEntry&) {});
  }
  void show_disk(std::string_view vm_id, std::string_view disk_id, Time time);
  void set_subnet(VmEntry& entry, std::string_view subnet_id);
  void add(VmEntry entry);
  std::atomic<std::size_t>& count(VmState state) { return counts[static_cast<std::size_t>(state)]; }

  StringPool pool;
  ResourceTable<VmEntry> vms;
  /// The VMs that operations in progress create, by operation.
  std::map<std::string, std::string, std::less<>> creations;
  DataDisks disks;
  /// Network by subnet.
  std::map<std::string, std::string, std::less<>> networks;
  std::array<std::atomic<std::size_t>, vm_state_count> counts{};
};

VmView::VmView(std::size_t prepared_bytes_max)
    : state_(std::make_unique<State>(prepared_bytes_max)),
      prepared_bytes_max_(prepared_bytes_max) {}
VmView::~VmView() = default;

PreparedAnswer VmView::prepared(std::string_view project_id, std::string_view vm_id,
                                const Render& render) const {
  return state_->vms.prepared(project_id, vm_id, render);
}

Page<PreparedAnswer> VmView::list(std::string_view project_id, const PageRequest& request,
                                  const Filter& filter, const Render& render) const {
  const auto passes = [&](const VmEntry& entry) { return !filter || filter(entry.summary()); };
  return state_->vms.list(project_id, request, passes, render);
}

void VmView::each(std::string_view project_id,
                  const std::function<void(const VmSummary&)>& see) const {
  const auto none_passes = [&](const VmEntry& entry) {
    see(entry.summary());
    return false;
  };
  PageRequest request;
  for (bool more = true; more;) {
    const auto page = state_->vms.list(project_id, request, none_passes, {});
    more = page.more;
    request.after = page.next;
  }
}

std::optional<VmDetails> VmView::find(std::string_view project_id, std::string_view vm_id) const {
  return state_->vms.details(project_id, vm_id);
}

std::optional<VmDetails> VmView::find_with_deleted(std::string_view vm_id) const {
  return state_->vms.details(vm_id);
}

std::size_t VmView::count(VmState state) const {
  return state_->count(state).load(std::memory_order_relaxed);
}

void VmView::apply(const RecordedEvent& recorded) {
  std::visit([&](const auto& event) { state_->fold(event, recorded); }, recorded.event);
}

void VmView::State::add(VmEntry entry) {
  count(entry.state).fetch_add(1, std::memory_order_relaxed);
  vms.add(std::move(entry));
}

/// An event of a VM that isn't there can't come from our log; it is passed over.
template <class Change>
void VmView::State::change(const RecordedEvent& recorded, std::optional<VmState> next,
                           Change&& change) {
  VmEntry* vm = vms.entry(stream_id(recorded.stream));
  if (!vm) return;
  const VmState before = vm->state;
  vms.change(*vm, recorded.version + vm->disk_event_count, [&](VmEntry& entry) {
    std::forward<Change>(change)(entry);
    entry.state = next.value_or(before);
    entry.updated_at = recorded.time;
  });
  count(before).fetch_sub(1, std::memory_order_relaxed);
  count(next.value_or(before)).fetch_add(1, std::memory_order_relaxed);
}

void VmView::State::show_disk(std::string_view vm_id, std::string_view disk_id, Time time) {
  VmEntry* vm = vms.entry(vm_id);
  if (!vm) return;
  VmDisks shown = vm->disks ? *vm->disks : VmDisks();
  shown.attached = disks.with_disk(std::move(shown.attached), disk_id, vm_id);
  std::erase(shown.former_ids, disk_id);
  if (std::ranges::find(shown.attached, disk_id, &AttachedDisk::id) == shown.attached.end())
    shown.former_ids.emplace_back(disk_id);
  auto now = std::make_shared<const VmDisks>(std::move(shown));
  vms.change(*vm, vm->version + 1, [&](VmEntry& entry) {
    entry.disks.swap(now);  // What goes is freed after the lock.
    ++entry.disk_event_count;
    entry.updated_at = time;
  });
}

void VmView::State::set_subnet(VmEntry& entry, std::string_view subnet_id) {
  const auto network = networks.find(subnet_id);
  entry.set(SharedText::subnet, pool.pool(subnet_id));
  entry.set(SharedText::network,
            pool.pool(network == networks.end() ? std::string_view() : network->second));
}

/// A VM is there from the moment its creation is acknowledged, so that nobody who was promised one
/// finds nothing.
void VmView::State::fold(const OperationStarted& started, const RecordedEvent& recorded) {
  const auto* create = std::get_if<CreateVm>(&started.goal);
  if (create == nullptr || vms.entry(started.target_id) != nullptr) return;
  VmEntry entry;
  entry.place = recorded.position;
  entry.created_at = entry.updated_at = recorded.time;
  entry.describe(started.target_id, {create->specification, create->identity}, pool);
  set_subnet(entry, create->specification.subnet_id);
  add(std::move(entry));
  creations.emplace(stream_id(recorded.stream), started.target_id);
}

void VmView::State::fold(const OperationSucceeded&, const RecordedEvent& recorded) {
  const auto creation = creations.find(stream_id(recorded.stream));
  if (creation != creations.end()) creations.erase(creation);
}

/// A VM whose creation failed before it had an event of its own, for a quota, will never be there.
void VmView::State::fold(const OperationFailed&, const RecordedEvent& recorded) {
  const auto creation = creations.find(stream_id(recorded.stream));
  if (creation == creations.end()) return;
  VmEntry* vm = vms.entry(creation->second);
  creations.erase(creation);
  if (!vm || vm->version != vm->disk_event_count || !vm->shown()) return;
  count(vm->state).fetch_sub(1, std::memory_order_relaxed);
  count(VmState::deleted).fetch_add(1, std::memory_order_relaxed);
  vms.change(*vm, vm->version, [&](VmEntry& entry) {
    entry.state = VmState::deleted;
    entry.updated_at = recorded.time;
  });
  vms.unlist(*vm);
}

void VmView::State::fold(const VmRequested& requested, const RecordedEvent& recorded) {
  const auto id = stream_id(recorded.stream);
  if (vms.entry(id) != nullptr) return become(recorded, VmState::waiting);
  VmEntry entry;
  entry.place = recorded.position;
  entry.version = recorded.version;
  entry.created_at = entry.updated_at = recorded.time;
  entry.describe(id, requested, pool);
  set_subnet(entry, requested.specification.subnet_id);
  add(std::move(entry));
}

void VmView::State::fold(const VmPlaced& placed, const RecordedEvent& recorded) {
  const VmEntry* vm = vms.entry(stream_id(recorded.stream));
  const bool again = vm != nullptr && vm->has_run();
  change(recorded, again ? VmState::starting : VmState::provisioning,
         [&](VmEntry& entry) { entry.set_placement(placed); });
}

void VmView::State::fold(const VmStarted& started, const RecordedEvent& recorded) {
  change(recorded, VmState::running, [&](VmEntry& entry) {
    entry.set_addresses(started.private_ipv4, started.public_ipv4);
    if (entry.has_run()) return;
    entry.started_at = recorded.time;
    entry.started_version = static_cast<std::uint32_t>(recorded.version);
  });
}

void VmView::State::fold(const VmStopRequested&, const RecordedEvent& recorded) {
  become(recorded, VmState::stopping);
}

void VmView::State::fold(const VmStopped&, const RecordedEvent& recorded) {
  change(recorded, VmState::stopped, [](VmEntry& entry) {
    if (entry.public_address != PublicAddress::dynamic) return;
    const auto before = std::move(entry.outcome);
    entry.set_addresses(before[VmEntry::private_ipv4_text], {});
  });
}

void VmView::State::fold(const VmStartRequested&, const RecordedEvent& recorded) {
  become(recorded, VmState::starting);
}

void VmView::State::fold(const VmStartFailed&, const RecordedEvent& recorded) {
  become(recorded, VmState::stopped);
}

void VmView::State::fold(const VmResetRequested&, const RecordedEvent& recorded) {
  become(recorded, VmState::resetting);
}

void VmView::State::fold(const VmReset&, const RecordedEvent& recorded) {
  become(recorded, VmState::running);
}

void VmView::State::fold(const VmResized& resized, const RecordedEvent& recorded) {
  change(recorded, std::nullopt, [&](VmEntry& entry) {
    entry.set(SharedText::type, pool.pool(resized.type));
    entry.set(SharedText::gpu_model, pool.pool(resized.gpu_model));
    entry.gpu_count = resized.gpu_count;
  });
}

void VmView::State::fold(const VmNetworkChanged& changed, const RecordedEvent& recorded) {
  change(recorded, std::nullopt, [&](VmEntry& entry) {
    set_subnet(entry, changed.subnet_id);
    entry.public_address = changed.public_address;
    entry.set_addresses(changed.private_ipv4, changed.public_ipv4);
  });
}

void VmView::State::fold(const VmReserved& reserved, const RecordedEvent& recorded) {
  change(recorded, std::nullopt, [&](VmEntry& entry) {
    entry.set(SharedText::reservation, pool.pool(reserved.reservation_id));
  });
}

void VmView::State::fold(const VmUnreserved&, const RecordedEvent& recorded) {
  change(recorded, std::nullopt,
         [&](VmEntry& entry) { entry.set(SharedText::reservation, pool.pool({})); });
}

void VmView::State::fold(const VmDeletionRequested&, const RecordedEvent& recorded) {
  become(recorded, VmState::deleting);
}

void VmView::State::fold(const VmFailed& failed, const RecordedEvent& recorded) {
  change(recorded, VmState::failed, [&](VmEntry& entry) { entry.set_failure(failed); });
}

void VmView::State::fold(const VmDeleted&, const RecordedEvent& recorded) {
  become(recorded, VmState::deleted);
  if (const VmEntry* vm = vms.entry(stream_id(recorded.stream))) vms.unlist(*vm);
}

void VmView::State::fold(const SubnetAdded& added, const RecordedEvent& recorded) {
  networks.insert_or_assign(added.subnet_id, std::string(stream_id(recorded.stream)));
}

void VmView::save(std::string& out) const {
  ByteWriter writer(out);
  state_->pool.save(writer);
  writer(static_cast<std::uint64_t>(state_->vms.entries().size()));
  for (const auto& vm : state_->vms.entries()) vm.save(writer);
  state_->disks.save(writer);
  writer(state_->networks, state_->creations);
}

void VmView::load(std::string_view bytes) {
  state_ = std::make_unique<State>(prepared_bytes_max_);
  auto loaded = std::make_unique<State>(prepared_bytes_max_);
  ByteReader reader(bytes);
  loaded->pool.load(reader);
  std::uint64_t count = 0;
  reader(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    VmEntry entry;
    entry.load(reader, loaded->pool);
    loaded->add(std::move(entry));
  }
  loaded->disks.load(reader);
  reader(loaded->networks, loaded->creations);
  if (!reader.exhausted()) throw MalformedBytes("bytes after the end");
  state_ = std::move(loaded);
}

}  // namespace orrery
