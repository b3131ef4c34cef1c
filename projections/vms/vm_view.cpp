#include "projections/vms/vm_view.hpp"

#include <array>
#include <atomic>
#include <utility>

#include "events/stream_name.hpp"
#include "projections/vms/vm_entry.hpp"

namespace orrery {

struct VmView::State {
  explicit State(std::size_t prepared_bytes_max) : vms(prepared_bytes_max) {}

  void fold(const OperationStarted& started, const RecordedEvent& recorded);
  void fold(const VmRequested& requested, const RecordedEvent& recorded);
  void fold(const VmPlaced& placed, const RecordedEvent& recorded);
  void fold(const VmStarted& started, const RecordedEvent& recorded);
  void fold(const VmDeletionRequested&, const RecordedEvent& recorded);
  void fold(const VmFailed& failed, const RecordedEvent& recorded);
  void fold(const VmDeleted&, const RecordedEvent& recorded);
  template <class Other>
  void fold(const Other&, const RecordedEvent&) {}

  template <class Change>
  void change(const RecordedEvent& recorded, VmState next, Change&& change);
  void add(VmEntry entry);
  std::atomic<std::size_t>& count(VmState state) { return counts[static_cast<std::size_t>(state)]; }

  StringPool pool;
  ResourceTable<VmEntry> vms;
  std::array<std::atomic<std::size_t>, 6> counts{};
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
void VmView::State::change(const RecordedEvent& recorded, VmState next, Change&& change) {
  VmEntry* vm = vms.entry(stream_id(recorded.stream));
  if (!vm) return;
  const VmState before = vm->state;
  vms.change(*vm, recorded.version, [&](VmEntry& entry) {
    std::forward<Change>(change)(entry);
    entry.state = next;
    entry.updated_at = recorded.time;
  });
  count(before).fetch_sub(1, std::memory_order_relaxed);
  count(next).fetch_add(1, std::memory_order_relaxed);
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
  add(std::move(entry));
}

void VmView::State::fold(const VmRequested& requested, const RecordedEvent& recorded) {
  const auto id = stream_id(recorded.stream);
  if (vms.entry(id) != nullptr) return change(recorded, VmState::waiting, [](VmEntry&) {});
  VmEntry entry;
  entry.place = recorded.position;
  entry.version = recorded.version;
  entry.created_at = entry.updated_at = recorded.time;
  entry.describe(id, requested, pool);
  add(std::move(entry));
}

void VmView::State::fold(const VmPlaced& placed, const RecordedEvent& recorded) {
  change(recorded, VmState::provisioning, [&](VmEntry& entry) { entry.set_placement(placed); });
}

void VmView::State::fold(const VmStarted& started, const RecordedEvent& recorded) {
  change(recorded, VmState::running, [&](VmEntry& entry) {
    entry.outcome = PackedStrings<4>({started.private_ipv4, started.public_ipv4, {}, {}});
    entry.started_at = recorded.time;
    entry.started_version = static_cast<std::uint32_t>(recorded.version);
  });
}

void VmView::State::fold(const VmDeletionRequested&, const RecordedEvent& recorded) {
  change(recorded, VmState::deleting, [](VmEntry&) {});
}

void VmView::State::fold(const VmFailed& failed, const RecordedEvent& recorded) {
  change(recorded, VmState::failed, [&](VmEntry& entry) {
    const auto before = std::move(entry.outcome);
    entry.outcome =
        PackedStrings<4>({before[VmEntry::private_ipv4_text], before[VmEntry::public_ipv4_text],
                          failed.code, failed.message});
  });
}

void VmView::State::fold(const VmDeleted&, const RecordedEvent& recorded) {
  change(recorded, VmState::deleted, [](VmEntry&) {});
  if (const VmEntry* vm = vms.entry(stream_id(recorded.stream))) vms.unlist(*vm);
}

void VmView::save(std::string& out) const {
  ByteWriter writer(out);
  state_->pool.save(writer);
  writer(static_cast<std::uint64_t>(state_->vms.entries().size()));
  for (const auto& vm : state_->vms.entries()) vm.save(writer);
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
  if (!reader.exhausted()) throw MalformedBytes("bytes after the end");
  state_ = std::move(loaded);
}

}  // namespace orrery
