#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/system/result.hpp>

#include "http/native/event_selection.hpp"
#include "http/transfers/http_transfers.hpp"
#include "http/webhooks/webhook_address.hpp"
#include "storage/event_log.hpp"

namespace orrery {

/// Events in the form in which they are sent, before they are signed.
struct WebhookParcel {
  /// Everything up to here has been looked at; `first` and `last` are what is sent of it.
  Position seen = 0;
  Position first = 0, last = 0;
  std::size_t count = 0;
  std::string body;

  bool is_empty() const { return count == 0; }
  /// The message's id: its position; of several, "<first>-<last>".
  std::string id() const;
};

/// What to look for, and how much of it.
struct WebhookWish {
  /// The hook's own: its events aren't sent to itself, and those of other webhooks only where it
  /// asks for them by name, so that no two failing ones feed each other.
  std::string_view webhook_id;
  const EventSelection& selection;
  Position after = 0, head = 0;
  std::size_t count_max = 1;
  /// A list, even of one; else a single event.
  bool is_batch = false;
  /// `source` of the events.
  std::string_view source;
};

/// A body isn't larger than this, but for the first event in it.
inline constexpr std::size_t parcel_bytes_max = 1u << 20;
/// Events that one parcel looks at, wanted or not: other webhooks want their turn.
inline constexpr std::size_t parcel_scan_max = 20'000;

/// The next events from the log.
boost::system::result<WebhookParcel, LogDamage> gather_parcel(const EventLog& log,
                                                              const WebhookWish& wish);

/// A parcel as a request: signed with each of the secrets at this time, in seconds since 1970.
HttpTransfer webhook_transfer(const WebhookAddress& address, WebhookParcel parcel,
                              std::span<const std::string> secrets, std::int64_t timestamp_s);

}  // namespace orrery
