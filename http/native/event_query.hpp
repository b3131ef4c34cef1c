#pragma once

#include <cstddef>
#include <optional>

#include "events/envelope.hpp"
#include "events/webhook_events.hpp"
#include "http/server/message.hpp"

namespace orrery {

inline constexpr std::size_t event_page_count_max = 1000;
inline constexpr std::size_t event_page_count_default = 100;

/// What a client asks of /orrery/v1/events, in query and headers.
struct EventQuery {
  /// The first position wanted.
  Position from = 1;
  std::size_t limit = event_page_count_default;
  WebhookFilter filter;
  /// A list of CloudEvents instead of a page of our own.
  bool as_cloud_events = false;
  /// Server-sent events instead of a page.
  bool live = false;
};

/// Reads `from` (a position, or "now" for what comes after the head), `limit`, `stream`, `type` and
/// `tenant` (each any number of times), and the headers `Accept` and `Last-Event-ID` (which
/// overrides `from`). A fault names the wrong parameter. To wait for a position beyond `head` + 1
/// is one: who has seen events that are no longer there would silently miss those that take their
/// places.
std::optional<Fault> read_event_query(const Request& request, Position head, EventQuery& query);

}  // namespace orrery
