#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/envelope.hpp"
#include "events/webhook_events.hpp"
#include "storage/event_log.hpp"

namespace orrery {

class TenantLookup;

/// Entries of each field of a filter, and bytes of an entry.
inline constexpr std::size_t filter_entries_max = 100;
inline constexpr std::size_t filter_entry_bytes_max = 200;

/// What is wrong with a filter, as a sentence that names the field: "types: …". Nothing where it
/// can be used.
std::optional<std::string> problem_of(const WebhookFilter& filter);

/// Which events somebody is sent: a filter made quick. The same for the feed, its pages and
/// webhooks.
class EventSelection {
 public:
  /// All events.
  EventSelection() = default;
  /// `tenants` must outlive this; it may be null where the filter names no tenant.
  EventSelection(WebhookFilter filter, TenantLookup* tenants);

  /// False for an event that is certainly not wanted; doesn't need it decoded.
  bool may_want(std::string_view stream, std::uint16_t tag) const;
  bool wants(const RecordedEvent& recorded) const;

  bool wants_all() const {
    return filter_.streams.empty() && filter_.types.empty() && filter_.tenants.empty();
  }
  /// Whether an event has to be decoded, and perhaps looked up, before it is known to be wanted.
  bool needs_tenants() const { return !filter_.tenants.empty(); }
  const WebhookFilter& filter() const { return filter_; }
  /// The one stream that all wanted events are of; empty where there may be several.
  std::string_view only_stream() const;

 private:
  bool wants_stream(std::string_view stream) const;

  WebhookFilter filter_;
  /// Of the types that are wanted, ascending; empty: all.
  std::vector<std::uint16_t> tags_;
  TenantLookup* tenants_ = nullptr;
};

}  // namespace orrery
