#include "projections/disks/disk_entry.hpp"

namespace orrery {

DiskDetails DiskEntry::details() const {
  DiskDetails details;
  details.id = id();
  details.specification = {
      project->text, std::string(own[name_text]), type, size_gib, location->text, block_size};
  details.serial_number = own[serial_text];
  details.is_os_disk = !os_vm().empty();
  details.users = users;
  if (details.is_os_disk && !deleted)
    details.users.push_back({std::string(os_vm()), DiskMode::read_write});
  details.deleted = deleted;
  details.created_at = created_at;
  details.updated_at = updated_at;
  details.version = version;
  return details;
}

void DiskEntry::describe(std::string_view id, const DiskCreated& created, StringPool& pool) {
  const auto& specification = created.specification;
  own = PackedStrings<4>({id, specification.name, created.serial_number, {}});
  project = pool.pool(specification.project_id);
  location = pool.pool(specification.location);
  size_gib = specification.size_gib;
  block_size = specification.block_size;
  type = specification.type;
}

void DiskEntry::describe_os_disk(std::string_view vm_id, const VmRequested& requested,
                                 StringPool& pool) {
  const auto& identity = requested.identity;
  const auto name = "OS-disk-" + std::string(vm_id);
  own = PackedStrings<4>({identity.os_disk_id, name, identity.os_disk_serial, vm_id});
  project = pool.pool(requested.specification.project_id);
  location = pool.pool(requested.specification.location);
  size_gib = DiskView::os_disk_size_gib;
}

void DiskEntry::save(ByteWriter& writer) const {
  writer(place, version, project->index, location->index);
  own.save(writer);
  writer(users, size_gib, created_at, updated_at, block_size, type, deleted, has_run);
}

void DiskEntry::load(ByteReader& reader, const StringPool& pool) {
  std::uint32_t project_index = 0;
  std::uint32_t location_index = 0;
  reader(place, version, project_index, location_index);
  project = pool.at(project_index);
  location = pool.at(location_index);
  own = PackedStrings<4>::loaded(reader);
  reader(users, size_gib, created_at, updated_at, block_size, type, deleted, has_run);
  if (type > DiskType::shared_volume) throw MalformedBytes("unknown disk type");
}

}  // namespace orrery
