#include "projections/disks/disk_view.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "events/stream_name.hpp"
#include "projections/disks/disk_entry.hpp"
#include "projections/runtime/string_map.hpp"

namespace orrery {

struct DiskView::State {
  /// Nothing of it is prepared, so it needs no room for that.
  State() : disks(0) {}

  void fold(const DiskCreated& created, const RecordedEvent& recorded);
  void fold(const DiskResized& resized, const RecordedEvent& recorded);
  void fold(const DiskAttached& attached, const RecordedEvent& recorded);
  void fold(const DiskDetached& detached, const RecordedEvent& recorded);
  void fold(const DiskDeleted&, const RecordedEvent& recorded);
  void fold(const VmRequested& requested, const RecordedEvent& recorded);
  void fold(const VmStarted&, const RecordedEvent& recorded);
  void fold(const VmFailed&, const RecordedEvent& recorded);
  void fold(const VmDeleted&, const RecordedEvent& recorded);

  void add(DiskEntry entry);
  template <class Change>
  void change(DiskEntry* disk, const RecordedEvent& recorded, Change&& change);
  void remove(DiskEntry* disk, const RecordedEvent& recorded);
  void remove_os_disk(const RecordedEvent& recorded);

  StringPool pool;
  ResourceTable<DiskEntry> disks;
  /// The OS disk of each VM; of the writer alone.
  StringMap<DiskEntry*> os_disk_of_vm;

  /// The data disks of each VM that has some, by place. Derived.
  mutable WriterFirstMutex attached_mutex;
  std::map<std::string, std::map<Position, std::string>, std::less<>> attached;
};

DiskView::DiskView() : state_(std::make_unique<State>()) {}
DiskView::~DiskView() = default;

std::optional<DiskDetails> DiskView::find(std::string_view project_id,
                                          std::string_view disk_id) const {
  return state_->disks.details(project_id, disk_id);
}

std::optional<DiskDetails> DiskView::find_with_deleted(std::string_view disk_id) const {
  return state_->disks.details(disk_id);
}

Page<DiskDetails> DiskView::list(std::string_view project_id, const PageRequest& request,
                                 const Filter& filter) const {
  const auto passes = [&](const DiskEntry& disk) { return !filter || filter(disk.details()); };
  return state_->disks.list_details(project_id, request, passes);
}

std::vector<DiskDetails> DiskView::disks_of(std::string_view vm_id) const {
  std::map<Position, std::string> ids;
  {
    const std::shared_lock lock(state_->attached_mutex);
    if (const auto found = state_->attached.find(vm_id); found != state_->attached.end())
      ids = found->second;
  }
  std::vector<DiskDetails> disks;
  for (const auto& [place, id] : ids)
    if (auto disk = state_->disks.details(id)) disks.push_back(std::move(*disk));
  return disks;
}

void DiskView::apply(const RecordedEvent& recorded) {
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { state_->fold(event, recorded); }) state_->fold(event, recorded);
      },
      recorded.event);
}

void DiskView::State::add(DiskEntry entry) {
  if (disks.entry(entry.id()) != nullptr) return;
  auto& added = disks.add(std::move(entry));
  if (added.shown() && !added.os_vm().empty()) os_disk_of_vm.emplace(added.os_vm(), &added);
  for (const auto& user : added.users) attached[user.vm_id].emplace(added.place, added.id());
}

/// An event of a disk that isn't there can't come from our log; it is passed over.
template <class Change>
void DiskView::State::change(DiskEntry* disk, const RecordedEvent& recorded, Change&& change) {
  if (!disk) return;
  disks.change(*disk, recorded.version, [&](DiskEntry& entry) {
    std::forward<Change>(change)(entry);
    entry.updated_at = recorded.time;
  });
}

void DiskView::State::remove(DiskEntry* disk, const RecordedEvent& recorded) {
  if (!disk || disk->deleted) return;
  change(disk, recorded, [](DiskEntry& entry) { entry.deleted = true; });
  disks.unlist(*disk);
}

void DiskView::State::fold(const DiskCreated& created, const RecordedEvent& recorded) {
  DiskEntry entry;
  entry.place = recorded.position;
  entry.version = recorded.version;
  entry.created_at = entry.updated_at = recorded.time;
  entry.describe(stream_id(recorded.stream), created, pool);
  add(std::move(entry));
}

void DiskView::State::fold(const DiskResized& resized, const RecordedEvent& recorded) {
  change(disks.entry(stream_id(recorded.stream)), recorded,
         [&](DiskEntry& entry) { entry.size_gib = resized.size_gib; });
}

void DiskView::State::fold(const DiskAttached& attached_event, const RecordedEvent& recorded) {
  auto* disk = disks.entry(stream_id(recorded.stream));
  if (!disk ||
      std::ranges::find(disk->users, attached_event.vm_id, &DiskUser::vm_id) != disk->users.end())
    return;
  change(disk, recorded, [&](DiskEntry& entry) {
    entry.users.push_back({attached_event.vm_id, attached_event.mode});
  });
  const std::unique_lock lock(attached_mutex);
  attached[attached_event.vm_id].emplace(disk->place, disk->id());
}

void DiskView::State::fold(const DiskDetached& detached, const RecordedEvent& recorded) {
  auto* disk = disks.entry(stream_id(recorded.stream));
  if (!disk) return;
  change(disk, recorded, [&](DiskEntry& entry) {
    std::erase_if(entry.users, [&](const DiskUser& user) { return user.vm_id == detached.vm_id; });
  });
  const std::unique_lock lock(attached_mutex);
  const auto found = attached.find(detached.vm_id);
  if (found == attached.end()) return;
  found->second.erase(disk->place);
  if (found->second.empty()) attached.erase(found);
}

void DiskView::State::fold(const DiskDeleted&, const RecordedEvent& recorded) {
  remove(disks.entry(stream_id(recorded.stream)), recorded);
}

void DiskView::State::fold(const VmRequested& requested, const RecordedEvent& recorded) {
  DiskEntry entry;
  entry.place = recorded.position;
  entry.version = recorded.version;
  entry.created_at = entry.updated_at = recorded.time;
  entry.describe_os_disk(stream_id(recorded.stream), requested, pool);
  add(std::move(entry));
}

void DiskView::State::fold(const VmStarted&, const RecordedEvent& recorded) {
  const auto found = os_disk_of_vm.find(stream_id(recorded.stream));
  if (found == os_disk_of_vm.end() || found->second->has_run) return;
  change(found->second, recorded, [](DiskEntry& entry) { entry.has_run = true; });
}

/// A VM that fails before it ever ran leaves nothing behind, not even its disk.
void DiskView::State::fold(const VmFailed&, const RecordedEvent& recorded) {
  const auto found = os_disk_of_vm.find(stream_id(recorded.stream));
  if (found != os_disk_of_vm.end() && !found->second->has_run) remove_os_disk(recorded);
}

void DiskView::State::fold(const VmDeleted&, const RecordedEvent& recorded) {
  remove_os_disk(recorded);
}

void DiskView::State::remove_os_disk(const RecordedEvent& recorded) {
  const auto found = os_disk_of_vm.find(stream_id(recorded.stream));
  if (found == os_disk_of_vm.end()) return;
  remove(found->second, recorded);
  os_disk_of_vm.erase(found);
}

void DiskView::save(std::string& out) const {
  ByteWriter writer(out);
  state_->pool.save(writer);
  writer(static_cast<std::uint64_t>(state_->disks.entries().size()));
  for (const auto& disk : state_->disks.entries()) disk.save(writer);
}

void DiskView::load(std::string_view bytes) {
  state_ = std::make_unique<State>();
  auto loaded = std::make_unique<State>();
  ByteReader reader(bytes);
  loaded->pool.load(reader);
  std::uint64_t count = 0;
  reader(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    DiskEntry entry;
    entry.load(reader, loaded->pool);
    loaded->add(std::move(entry));
  }
  if (!reader.exhausted()) throw MalformedBytes("bytes after the end");
  state_ = std::move(loaded);
}

}  // namespace orrery
