#include "http/mkinf/vm_history.hpp"

#include <algorithm>
#include <vector>

#include "events/stream_name.hpp"
#include "projections/networks/network_view.hpp"
#include "storage/event_log.hpp"

namespace orrery::mkinf {

namespace {

/// Position of a stream's last event; 0 where it has none. Damage is found and reported elsewhere;
/// here and below it means that there is nothing more to show.
Position end_of(const EventLog& log, std::string_view stream) {
  Position end = 0;
  (void)log.read_stream(stream, 1, [&](const StoredEvent& stored) {
    end = stored.position;
    return true;
  });
  return end;
}

void read_until(const EventLog& log, std::string_view stream, Position end,
                std::vector<RecordedEvent>& events) {
  (void)log.read_stream(stream, 1, [&](const StoredEvent& stored) {
    if (stored.position < end) events.push_back(record(stored));
    return stored.position < end;
  });
}

}  // namespace

std::optional<VmDetails> vm_at_end_of(const MkinfContext& context,
                                      const OperationDetails& operation) {
  const auto now = context.vms->find_with_deleted(operation.target_id);
  if (!now) return std::nullopt;
  const auto end = end_of(*context.log, stream_name("operation", operation.id));
  std::vector<RecordedEvent> events;
  read_until(*context.log, stream_name("vm", operation.target_id), end, events);
  for (const auto& disk : now->disks)
    read_until(*context.log, stream_name("disk", disk.id), end, events);
  for (const auto& disk_id : now->former_disk_ids)
    read_until(*context.log, stream_name("disk", disk_id), end, events);
  std::ranges::sort(events, {}, &RecordedEvent::position);

  VmView view(0);
  for (const auto& event : events) view.apply(event);
  auto then = view.find_with_deleted(operation.target_id);
  if (!then) return now;
  then->created_at = now->created_at;  // Of the request, which stands in another stream.
  if (const auto subnet = context.networks->find_subnet_with_deleted(then->specification.subnet_id))
    then->network_id = subnet->network_id;
  return then;
}

}  // namespace orrery::mkinf
