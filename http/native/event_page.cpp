#include "http/native/event_page.hpp"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "events/event_json.hpp"

namespace orrery {

namespace {

/// Events that one page looks at, wanted or not: some milliseconds of its thread.
constexpr std::size_t page_scan_count_max = 20'000;

}  // namespace

boost::system::result<std::string, LogDamage> event_page(const EventLog& log,
                                                         const EventQuery& query, Position head) {
  boost::json::array items;
  Position next = query.from;
  std::size_t looked_at = 0;
  const auto visit = [&](const StoredEvent& stored) {
    if (stored.position < query.from) return true;
    if (stored.position > head) return false;
    if (items.size() == query.limit || ++looked_at > page_scan_count_max) return false;
    next = stored.position + 1;
    if (query.filter.wants(stored.stream, stored.tag)) items.push_back(to_json(record(stored)));
    return true;
  };
  if (query.from <= head) {
    const auto read = query.filter.stream.empty() ? log.read(query.from, head, visit)
                                                  : log.read_stream(query.filter.stream, 1, visit);
    if (!read) return read.error();
    // The stream's events were all there are up to the head.
    const bool whole_stream = items.size() < query.limit && looked_at <= page_scan_count_max;
    if (!query.filter.stream.empty() && whole_stream) next = std::max(next, head + 1);
  }
  return boost::json::serialize(
      boost::json::value{{"items", std::move(items)}, {"next", next}, {"head", head}});
}

}  // namespace orrery
