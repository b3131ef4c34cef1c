#include "cli/history_reports.hpp"

#include <ostream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>

#include "events/event_json.hpp"
#include "events/stream_name.hpp"
#include "projections/runtime/replay.hpp"

namespace orrery {
namespace {

namespace json = boost::json;

/// Nested members a line each: "/vm/type  "a100-80gb.1x"".
void print_fields(const json::object& fields, std::ostream& out) {
  for (const auto& field : changed_fields(json::object(), fields))
    out << fmt::format("  {:<40} {}\n", field.path, json::serialize(field.after));
}

std::string change_line(const ResourceChange& change) {
  constexpr std::string_view signs[] = {"+", "-", "~", "±"};
  return fmt::format("{} {}  {} → {}  (version {} → {}, last at {})",
                     signs[static_cast<std::size_t>(change.kind)], change.stream,
                     change.phase_before, change.phase_after, change.version_before,
                     change.version_after, change.last_position);
}

void print_change(const ResourceChange& change, std::ostream& out) {
  out << change_line(change) << '\n';
  for (const auto& field : change.fields)
    out << fmt::format("    {:<38} {} → {}\n", field.path, json::serialize(field.before),
                       json::serialize(field.after));
}

}  // namespace

boost::system::result<FoldedLog, LogDamage> fold_log(
    const EventLog& log, Position to, std::string_view kind,
    const std::function<void(Position)>& progress) {
  FoldedLog folded;
  std::optional<LogDamage> damage;
  const auto replayed = replay(log, 1, to, [&](std::span<const RecordedEvent> events) {
    for (const auto& event : events) {
      if (!kind.empty() && stream_aggregate(event.stream) != kind) continue;
      damage = folded.apply(event);
      if (damage) return false;
    }
    progress(events.back().position);
    return true;
  });
  if (damage) return *std::move(damage);
  if (!replayed) return replayed.error();
  return {boost::system::in_place_value, std::move(folded)};
}

void print_counts(const FoldedLog& folded, Position position, Time time, bool as_json,
                  std::ostream& out) {
  const auto counts = folded.counts();
  if (as_json) {
    out << json::serialize(json::object{{"position", position},
                                        {"time", rfc3339(time)},
                                        {"resources", json::value_from(counts)}})
        << '\n';
    return;
  }
  out << fmt::format("As of position {}, {}:\n", position, rfc3339(time));
  for (const auto& [kind, phases] : counts) {
    std::vector<std::string> parts;
    for (const auto& [phase, count] : phases) parts.push_back(fmt::format("{} {}", count, phase));
    out << fmt::format("  {:<20} {}\n", kind, fmt::join(parts, ", "));
  }
}

void print_resources(const FoldedLog& folded, std::string_view kind, bool as_json,
                     std::ostream& out) {
  for (const auto& [stream, resource] : folded.resources(kind)) {
    if (as_json)
      print_resource(stream, *resource, true, out);
    else
      out << fmt::format("{:<48} {:<16} version {:<5} since {}\n", stream,
                         resource->aggregate->phase(), resource->version,
                         rfc3339(resource->last_time));
  }
}

void print_resource(std::string_view stream, const ResourceState& resource, bool as_json,
                    std::ostream& out) {
  if (as_json) {
    json::object object{{"resource", stream}};
    for (auto& [key, value] : resource.json()) object.emplace(key, std::move(value));
    out << json::serialize(object) << '\n';
    return;
  }
  out << fmt::format("{}  {}\n  first event {} at {}\n  last event  {} at {}, version {}\n", stream,
                     resource.aggregate->phase(), resource.first_position,
                     rfc3339(resource.first_time), resource.last_position,
                     rfc3339(resource.last_time), resource.version);
  print_fields(resource.aggregate->fields(), out);
}

void print_diff(const HistoryDiff& diff, const DiffQuery& query, bool as_json, std::ostream& out) {
  if (as_json) {
    json::array changes;
    for (const auto& change : diff.changes) changes.push_back(change_json(change));
    out << json::serialize(json::object{{"from", query.from},
                                        {"to", query.to},
                                        {"touched", diff.touched_count},
                                        {"changes", std::move(changes)}})
        << '\n';
    return;
  }
  out << fmt::format("Between positions {} and {}: {} resources\n", query.from, query.to,
                     diff.touched_count);
  for (const auto& change : diff.changes) print_change(change, out);
  if (diff.changes.size() < diff.touched_count)
    out << fmt::format("… and {} more, not compared: narrow it with --resource\n",
                       diff.touched_count - diff.changes.size());
}

}  // namespace orrery
