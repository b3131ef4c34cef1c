#include "http/mkinf/vm_history.hpp"

#include "events/stream_name.hpp"
#include "http/mkinf/operation_history.hpp"
#include "projections/networks/network_view.hpp"

namespace orrery::mkinf {

std::optional<VmDetails> vm_at_end_of(const MkinfContext& context,
                                      const OperationDetails& operation) {
  const auto now = context.vms->find_with_deleted(operation.target_id);
  if (!now) return std::nullopt;
  std::vector streams{stream_name("vm", operation.target_id)};
  for (const auto& disk : now->disks) streams.push_back(stream_name("disk", disk.id));
  for (const auto& disk_id : now->former_disk_ids) streams.push_back(stream_name("disk", disk_id));

  VmView view(0);
  for (const auto& event : events_until_end_of(*context.log, operation.id, streams))
    view.apply(event);
  auto then = view.find_with_deleted(operation.target_id);
  if (!then) return now;
  then->created_at = now->created_at;  // Of the request, which stands in another stream.
  if (const auto subnet = context.networks->find_subnet_with_deleted(then->specification.subnet_id))
    then->network_id = subnet->network_id;
  return then;
}

}  // namespace orrery::mkinf
