#include "projections/vms/vm_entry.hpp"

#include <cstring>
#include <utility>

namespace orrery {
namespace {

VmSpecification specification_of(const VmEntry& entry) {
  VmSpecification specification;
  specification.project_id = entry.project->text;
  specification.name = entry.own[VmEntry::name_text];
  specification.type = entry.text(SharedText::type);
  specification.location = entry.text(SharedText::location);
  specification.image = entry.text(SharedText::image);
  specification.cluster = entry.text(SharedText::cluster);
  specification.gpu_model = entry.text(SharedText::gpu_model);
  specification.gpu_count = entry.gpu_count;
  specification.subnet_id = entry.text(SharedText::subnet);
  specification.public_address = entry.public_address;
  specification.reservation_id = entry.text(SharedText::reservation);
  specification.nested_virtualization = entry.nested_virtualization;
  return specification;
}

VmIdentity identity_of(const VmEntry& entry) {
  VmIdentity identity;
  identity.os_disk_id = entry.own[VmEntry::disk_text];
  identity.os_disk_serial = entry.own[VmEntry::serial_text];
  identity.interface_id = entry.own[VmEntry::interface_text];
  identity.mac_address = entry.own[VmEntry::mac_text];
  identity.public_ip_id = entry.own[VmEntry::ip_text];
  return identity;
}

VmPlaced placement_of(const VmEntry& entry) {
  VmPlaced placed;
  placed.lease_id = entry.placement[VmEntry::lease_text];
  placed.node_id = entry.placement[VmEntry::node_text];
  const auto indices = entry.placement[VmEntry::gpu_indices_text];
  placed.gpu_indices.resize(indices.size() / sizeof(std::uint32_t));
  if (!indices.empty()) std::memcpy(placed.gpu_indices.data(), indices.data(), indices.size());
  placed.fence = entry.fence;
  return placed;
}

}  // namespace

VmSummary VmEntry::summary() const {
  return {id(),  own[name_text], text(SharedText::type), text(SharedText::location),
          state, created_at};
}

VmDetails VmEntry::details() const {
  VmDetails details;
  details.id = id();
  details.specification = specification_of(*this);
  details.network_id = text(SharedText::network);
  details.identity = identity_of(*this);
  details.state = state;
  if (placement) details.placement = placement_of(*this);
  if (disks) {
    details.disks = disks->attached;
    details.former_disk_ids = disks->former_ids;
  }
  details.private_ipv4 = outcome[private_ipv4_text];
  details.public_ipv4 = outcome[public_ipv4_text];
  details.failure_code = outcome[code_text];
  details.failure_message = outcome[message_text];
  details.created_at = created_at;
  details.updated_at = updated_at;
  if (has_run()) details.started_at = started_at;
  details.started_version = started_version;
  details.version = version;
  return details;
}

void VmEntry::describe(std::string_view id, const VmRequested& requested, StringPool& pool) {
  const auto& wish = requested.specification;
  const auto& identity = requested.identity;
  project = pool.pool(wish.project_id);
  shared = {pool.pool(wish.type),    pool.pool(wish.location),      pool.pool(wish.image),
            pool.pool(wish.cluster), pool.pool(wish.gpu_model),     pool.pool(wish.subnet_id),
            pool.pool({}),           pool.pool(wish.reservation_id)};
  gpu_count = wish.gpu_count;
  public_address = wish.public_address;
  nested_virtualization = wish.nested_virtualization;
  own = PackedStrings<7>({id, wish.name, identity.os_disk_id, identity.os_disk_serial,
                          identity.interface_id, identity.mac_address, identity.public_ip_id});
}

void VmEntry::set_placement(const VmPlaced& placed) {
  const std::string_view indices(reinterpret_cast<const char*>(placed.gpu_indices.data()),
                                 placed.gpu_indices.size() * sizeof(std::uint32_t));
  placement = PackedStrings<3>({placed.lease_id, placed.node_id, indices});
  fence = placed.fence;
}

void VmEntry::set_addresses(std::string_view private_ipv4, std::string_view public_ipv4) {
  outcome = PackedStrings<4>({private_ipv4, public_ipv4, {}, {}});
}

void VmEntry::set_failure(const VmFailed& failed) {
  outcome = PackedStrings<4>({"", "", failed.code, failed.message});
}

void VmEntry::save(ByteWriter& writer) const {
  writer(place, version);
  writer(project->index);
  for (const auto* text : shared) writer(text->index);
  own.save(writer);
  placement.save(writer);
  outcome.save(writer);
  writer(disks != nullptr);
  if (disks) writer(*disks);
  writer(fence, created_at, updated_at, started_at, gpu_count, started_version, disk_event_count);
  writer(state, public_address, nested_virtualization);
}

void VmEntry::load(ByteReader& reader, const StringPool& pool) {
  std::uint32_t index = 0;
  reader(place, version);
  reader(index);
  project = pool.at(index);
  for (auto& text : shared) {
    reader(index);
    text = pool.at(index);
  }
  own = PackedStrings<7>::loaded(reader);
  placement = PackedStrings<3>::loaded(reader);
  outcome = PackedStrings<4>::loaded(reader);
  bool has_disks = false;
  reader(has_disks);
  if (has_disks) {
    VmDisks loaded;
    reader(loaded);
    disks = std::make_shared<const VmDisks>(std::move(loaded));
  }
  reader(fence, created_at, updated_at, started_at, gpu_count, started_version, disk_event_count);
  reader(state, public_address, nested_virtualization);
  if (static_cast<std::size_t>(state) >= vm_state_count) throw MalformedBytes("unknown VM state");
}

}  // namespace orrery
