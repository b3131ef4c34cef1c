#include "events/folds/disk_usage.hpp"

#include <utility>

#include "events/stream_name.hpp"

namespace orrery {

void DiskUsage::apply(const RecordedEvent& recorded) {
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { fold(event, recorded); }) fold(event, recorded);
      },
      recorded.event);
}

bool DiskUsage::concerns(const RecordedEvent& recorded) {
  return std::visit(
      [&]<class E>(const E& event) {
        return requires(DiskUsage & usage) { usage.fold(event, recorded); };
      },
      recorded.event);
}

const QuotaExceeded* DiskUsage::refusal(std::string_view operation_id) const {
  const auto* operation = operations_.find(operation_id);
  return operation && operation->refusal ? &*operation->refusal : nullptr;
}

std::optional<QuotaExceeded> DiskUsage::check(std::string_view project_id,
                                              const QuotaDemand& demand) const {
  const auto& book = books_.of(project_id);
  return check_quota(book.limits, book.use, demand);
}

void DiskUsage::fold(const QuotaSet& event, const RecordedEvent& recorded) {
  books_[books_.number_of(stream_id(recorded.stream))].limits = event.limits;
}

void DiskUsage::fold(const OperationStarted& event, const RecordedEvent& recorded) {
  const auto note = [&](bool creates, std::optional<QuotaExceeded> refusal) {
    operations_.insert(stream_id(recorded.stream), {event.target_id, creates, std::move(refusal)});
  };
  auto* disk = disks_.find(event.target_id);
  if (const auto* create = std::get_if<CreateDisk>(&event.goal); create && !disk)
    note(true, start(event, *create));
  else if (const auto* resize = std::get_if<ResizeDisk>(&event.goal); resize && disk)
    note(false, start(*disk, *resize));
}

std::optional<QuotaExceeded> DiskUsage::start(const OperationStarted& started,
                                              const CreateDisk& create) {
  const auto& specification = create.specification;
  auto exceeded = check(started.project_id, {0, {}, 0, 1, specification.size_gib});
  if (!exceeded) add(started.target_id, specification, false);
  return exceeded;
}

std::optional<QuotaExceeded> DiskUsage::start(Disk& disk, const ResizeDisk& resize) {
  const auto before = wanted(disk);
  if (resize.size_gib > before) {
    const auto& book = books_[disk.project];
    auto exceeded = check_quota(book.limits, book.use, {0, {}, 0, 0, resize.size_gib - before});
    if (exceeded) return exceeded;
  }
  change(disk, [&](Disk& changed) {
    // One that asks for less is refused by the disk.
    changed.resized_gib = std::max(before, resize.size_gib);
    ++changed.resize_count;
  });
  return std::nullopt;
}

void DiskUsage::end(const RecordedEvent& recorded) {
  const auto operation_id = stream_id(recorded.stream);
  const auto* found = operations_.find(operation_id);
  if (!found) return;
  const auto operation = *found;
  operations_.erase(operation_id);
  auto* disk = disks_.find(operation.disk_id);
  if (!disk || operation.refusal) return;
  if (!operation.creates)
    change(*disk, [](Disk& changed) { changed.resize_count -= changed.resize_count ? 1 : 0; });
  else if (!disk->exists)
    forget(operation.disk_id);
}

void DiskUsage::fold(const DiskCreated& event, const RecordedEvent& recorded) {
  const auto disk_id = stream_id(recorded.stream);
  if (auto* disk = disks_.find(disk_id))
    disk->exists = true;
  else
    add(disk_id, event.specification, true);
}

void DiskUsage::fold(const DiskResized& event, const RecordedEvent& recorded) {
  auto* disk = disks_.find(stream_id(recorded.stream));
  if (disk) change(*disk, [&](Disk& changed) { changed.size_gib = event.size_gib; });
}

void DiskUsage::forget(std::string_view stream) {
  const auto disk_id = stream_id(stream);
  const auto* disk = disks_.find(disk_id);
  if (!disk) return;
  uncount(*disk);
  disks_.erase(disk_id);
}

void DiskUsage::add(std::string_view disk_id, const DiskSpecification& specification, bool exists) {
  Disk disk;
  disk.project = books_.number_of(specification.project_id);
  disk.size_gib = specification.size_gib;
  disk.exists = exists;
  count(disks_.insert(disk_id, disk));
}

template <class Change>
void DiskUsage::change(Disk& disk, Change change) {
  uncount(disk);
  change(disk);
  count(disk);
}

void DiskUsage::count(const Disk& disk) {
  auto& use = books_[disk.project].use;
  ++use.disks;
  use.disk_gib += wanted(disk);
}

void DiskUsage::uncount(const Disk& disk) {
  auto& use = books_[disk.project].use;
  --use.disks;
  use.disk_gib -= wanted(disk);
}

void DiskUsage::save(ByteWriter& writer) const {
  books_.save(writer);
  disks_.save(writer);
  operations_.save(writer);
}

void DiskUsage::load(ByteReader& reader) {
  *this = {};
  books_.load(reader);
  disks_.load(reader);
  operations_.load(reader);
  disks_.visit([&](const Disk& disk) {
    if (disk.project >= books_.size()) throw MalformedBytes("unknown project");
    count(disk);
  });
}

}  // namespace orrery
