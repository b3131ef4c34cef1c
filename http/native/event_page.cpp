#include "http/native/event_page.hpp"

#include <algorithm>

#include "events/event_json.hpp"
#include "http/webhooks/cloud_event.hpp"

namespace orrery {

namespace {

/// Events that one page looks at, wanted or not: some milliseconds of its thread.
constexpr std::size_t page_scan_count_max = 20'000;
/// For how many others an event counts whose tenant may have to be looked up.
constexpr std::size_t lookup_events = 8;

}  // namespace

boost::system::result<EventPage, LogDamage> event_page(const EventLog& log, const EventQuery& query,
                                                       const EventSelection& selection,
                                                       std::string_view source, Position head) {
  EventPage page{{}, query.from};
  std::size_t looked_at = 0;
  RecordedEvent recorded;
  const auto visit = [&](const StoredEvent& stored) {
    if (stored.position < query.from) return true;
    if (stored.position > head) return false;
    if (page.items.size() == query.limit || looked_at > page_scan_count_max) return false;
    looked_at += selection.needs_tenants() ? lookup_events : 1;
    page.next = stored.position + 1;
    if (!selection.may_want(stored.stream, stored.tag)) return true;
    record(stored, recorded);
    if (selection.wants(recorded))
      page.items.push_back(query.as_cloud_events ? cloud_event(recorded, source)
                                                 : to_json(recorded));
    return true;
  };
  if (query.from > head) return page;
  const auto stream = selection.only_stream();
  const auto read =
      stream.empty() ? log.read(query.from, head, visit) : log.read_stream(stream, 1, visit);
  if (!read) return read.error();
  // The stream's events were all there are up to the head.
  const bool whole_stream = page.items.size() < query.limit && looked_at <= page_scan_count_max;
  if (!stream.empty() && whole_stream) page.next = std::max(page.next, head + 1);
  return page;
}

}  // namespace orrery
