#include "actors/disk/disk.hpp"

#include <algorithm>
#include <utility>

namespace orrery {

using Answer = Decision<Disk::Event, Disk::Rejection>;

namespace {

Answer decide_create(const Disk::Create& create) {
  const auto& specification = create.description.specification;
  if (specification.name.empty()) return Disk::Rejection::name_must_not_be_empty;
  if (specification.size_gib == 0) return Disk::Rejection::size_must_not_be_zero;
  if (specification.block_size != 512 && specification.block_size != 4096)
    return Disk::Rejection::block_size_must_be_512_or_4096;
  return happens<Answer>(create.description);
}

Answer decide_resize(const Disk::Existing& disk, const Disk::Resize& resize) {
  if (resize.size_gib < disk.size_gib) return Disk::Rejection::disk_cannot_shrink;
  if (resize.size_gib == disk.size_gib) return nothing_happens<Answer>();
  return happens<Answer>(DiskResized{resize.size_gib});
}

/// A persistent SSD has one VM that writes, or any number that read.
bool has_room_for(const Disk::Existing& disk, DiskMode mode) {
  if (disk.description.specification.type == DiskType::shared_volume) return true;
  if (mode == DiskMode::read_write) return disk.attachments.empty();
  return std::ranges::none_of(disk.attachments, [](const auto& attachment) {
    return attachment.second == DiskMode::read_write;
  });
}

Answer decide_attach(const Disk::Existing& disk, const Disk::Attach& attach) {
  if (const auto known = disk.attachments.find(attach.vm_id); known != disk.attachments.end()) {
    if (known->second == attach.mode) return nothing_happens<Answer>();
    return Disk::Rejection::disk_is_attached_differently;
  }
  if (!has_room_for(disk, attach.mode)) return Disk::Rejection::disk_is_in_use;
  return happens<Answer>(DiskAttached{attach.vm_id, attach.mode});
}

}  // namespace

Answer Disk::decide(const State& state, const Command& command) {
  return std::visit(
      Match{
          [](const Absent&, const Create& create) { return decide_create(create); },
          [](const Absent&, const Detach&) { return nothing_happens<Answer>(); },
          [](const Absent&, const auto&) -> Answer { return Rejection::disk_does_not_exist; },

          [](const Existing& disk, const Create& create) -> Answer {
            if (create.description == disk.description) return nothing_happens<Answer>();
            return Rejection::disk_exists_already;
          },
          [](const Existing& disk, const Resize& resize) { return decide_resize(disk, resize); },
          [](const Existing& disk, const Attach& attach) { return decide_attach(disk, attach); },
          [](const Existing& disk, const Detach& detach) {
            if (!disk.attachments.contains(detach.vm_id)) return nothing_happens<Answer>();
            return happens<Answer>(DiskDetached{detach.vm_id});
          },
          [](const Existing& disk, const Delete&) -> Answer {
            if (!disk.attachments.empty()) return Rejection::disk_is_attached;
            return happens<Answer>(DiskDeleted{});
          },

          [](const Deleted&, const Delete&) { return nothing_happens<Answer>(); },
          [](const Deleted&, const Detach&) { return nothing_happens<Answer>(); },
          [](const Deleted&, const auto&) -> Answer { return Rejection::disk_is_deleted; },
      },
      state, command);
}

Disk::State Disk::evolve(State state, const Event& event) {
  return std::visit(Match{
                        [](const DiskCreated& created) -> State {
                          return Existing{created, created.specification.size_gib, {}};
                        },
                        [&](const DiskResized& resized) -> State {
                          std::get<Existing>(state).size_gib = resized.size_gib;
                          return std::move(state);
                        },
                        [&](const DiskAttached& attached) -> State {
                          std::get<Existing>(state).attachments.emplace(attached.vm_id,
                                                                        attached.mode);
                          return std::move(state);
                        },
                        [&](const DiskDetached& detached) -> State {
                          std::get<Existing>(state).attachments.erase(detached.vm_id);
                          return std::move(state);
                        },
                        [](const DiskDeleted&) -> State { return Deleted{}; },
                    },
                    event);
}

}  // namespace orrery
