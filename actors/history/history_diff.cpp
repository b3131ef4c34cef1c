#include "actors/history/history_diff.hpp"

#include <algorithm>
#include <set>

#include <boost/json/array.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include "events/stream_name.hpp"
#include "storage/checked_record.hpp"

namespace orrery {
namespace {

namespace json = boost::json;

/// RFC 6901.
std::string escaped(std::string_view key) {
  std::string text;
  for (const auto character : key) {
    if (character == '~')
      text += "~0";
    else if (character == '/')
      text += "~1";
    else
      text += character;
  }
  return text;
}

void compare(const std::string& path, const json::value& before, const json::value& after,
             std::vector<FieldChange>& changes);

void compare_objects(const std::string& path, const json::object& before, const json::object& after,
                     std::vector<FieldChange>& changes) {
  std::set<std::string_view> keys;
  for (const auto& [key, value] : before) keys.insert(key);
  for (const auto& [key, value] : after) keys.insert(key);
  const auto at = [](const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value ? *value : json::value();
  };
  for (const auto key : keys)
    compare(path + "/" + escaped(key), at(before, key), at(after, key), changes);
}

void compare_arrays(const std::string& path, const json::array& before, const json::array& after,
                    std::vector<FieldChange>& changes) {
  for (std::size_t i = 0; i < std::max(before.size(), after.size()); ++i)
    compare(path + "/" + std::to_string(i), i < before.size() ? before[i] : json::value(),
            i < after.size() ? after[i] : json::value(), changes);
}

void compare(const std::string& path, const json::value& before, const json::value& after,
             std::vector<FieldChange>& changes) {
  if (before == after) return;
  if (before.is_object() && after.is_object())
    return compare_objects(path, before.get_object(), after.get_object(), changes);
  if (before.is_array() && after.is_array())
    return compare_arrays(path, before.get_array(), after.get_array(), changes);
  changes.push_back({path, before, after});
}

/// Whether a stream is one of those asked about.
bool is_wanted(std::string_view stream, std::string_view resource) {
  if (resource.empty()) return true;
  if (resource.find('/') != std::string_view::npos) return stream == resource;
  return stream_aggregate(stream) == resource;
}

ResourceChange::Kind kind_of(bool was_there, bool has_ended) {
  using Kind = ResourceChange::Kind;
  if (was_there) return has_ended ? Kind::went : Kind::changed;
  return has_ended ? Kind::came_and_went : Kind::appeared;
}

/// Both sides of one resource, from one walk along its stream.
class Comparison {
 public:
  Comparison(const EventLog& log, const DiffQuery& query) : log_(log), query_(query) {}

  /// Version 0 on both sides where it wasn't touched.
  boost::system::result<ResourceChange, LogDamage> compare_resource(const std::string& stream) {
    ResourceState state;
    std::unique_ptr<FoldedAggregate> before;
    std::optional<LogDamage> damage;
    Version version_before = 0;
    bool is_past_from = false;
    const auto read = log_.read_stream(stream, 1, [&](const StoredEvent& stored) {
      if (stored.position > query_.to) return false;
      if (stored.position > query_.from && !is_past_from) {
        is_past_from = true;
        version_before = state.version;
        if (state.version > 0) before = state.aggregate->clone();
      }
      damage = record_checked(stored, scratch_);
      if (!damage) damage = state.apply(scratch_);
      return !damage;
    });
    if (!read) return read.error();
    if (damage) return *std::move(damage);
    if (state.last_position <= query_.from)
      return {boost::system::in_place_value, ResourceChange()};
    return {boost::system::in_place_value, change_of(stream, before.get(), version_before, state)};
  }

 private:
  static ResourceChange change_of(const std::string& stream, const FoldedAggregate* before,
                                  Version version_before, const ResourceState& after) {
    ResourceChange change;
    const bool was_there = before && !before->has_ended();
    change.kind = kind_of(was_there, after.aggregate->has_ended());
    change.stream = stream;
    change.phase_before = before ? before->phase() : "absent";
    change.phase_after = after.aggregate->phase();
    change.version_before = version_before;
    change.version_after = after.version;
    change.last_position = after.last_position;
    change.fields =
        changed_fields(before ? before->fields() : json::object(), after.aggregate->fields());
    return change;
  }

  const EventLog& log_;
  const DiffQuery& query_;
  RecordedEvent scratch_;
};

/// The streams with events in (from, to], sorted.
boost::system::result<std::set<std::string>, LogDamage> touched_streams(
    const EventLog& log, const DiffQuery& query, const std::function<void(Position)>& progress) {
  constexpr Position progress_step = 100'000;
  boost::unordered_flat_set<std::string> seen;
  const auto read = log.read(query.from + 1, query.to, [&](const StoredEvent& stored) {
    if (stored.position % progress_step == 0) progress(stored.position);
    if (is_wanted(stored.stream, query.resource)) seen.emplace(stored.stream);
    return true;
  });
  if (!read) return read.error();
  return {boost::system::in_place_value, seen.begin(), seen.end()};
}

}  // namespace

std::vector<FieldChange> changed_fields(const json::value& before, const json::value& after) {
  std::vector<FieldChange> changes;
  compare("", before, after, changes);
  return changes;
}

std::string_view name_of(ResourceChange::Kind kind) {
  switch (kind) {
    case ResourceChange::Kind::appeared:
      return "appeared";
    case ResourceChange::Kind::went:
      return "went";
    case ResourceChange::Kind::changed:
      return "changed";
    case ResourceChange::Kind::came_and_went:
      return "came_and_went";
  }
  return "changed";
}

boost::system::result<HistoryDiff, LogDamage> diff_history(
    const EventLog& log, const DiffQuery& query, const std::function<void(Position)>& progress) {
  HistoryDiff diff;
  // One resource needs its own stream only.
  std::set<std::string> streams{query.resource};
  if (query.resource.find('/') == std::string::npos) {
    auto touched = touched_streams(log, query, progress);
    if (!touched) return touched.error();
    streams = *std::move(touched);
  }
  Comparison comparison(log, query);
  for (const auto& stream : streams) {
    if (diff.changes.size() < query.resource_count_max) {
      auto change = comparison.compare_resource(stream);
      if (!change) return change.error();
      if (change->version_after == change->version_before) continue;
      diff.changes.push_back(*std::move(change));
    }
    ++diff.touched_count;
  }
  return {boost::system::in_place_value, std::move(diff)};
}

boost::json::object change_json(const ResourceChange& change) {
  json::array fields;
  for (const auto& field : change.fields)
    fields.push_back({{"path", field.path}, {"before", field.before}, {"after", field.after}});
  return {{"change", name_of(change.kind)},          {"resource", change.stream},
          {"phase_before", change.phase_before},     {"phase_after", change.phase_after},
          {"version_before", change.version_before}, {"version_after", change.version_after},
          {"last_position", change.last_position},   {"fields", std::move(fields)}};
}

}  // namespace orrery
