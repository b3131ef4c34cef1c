#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <boost/json/value.hpp>
#include <boost/system/result.hpp>

#include "actors/history/resource_state.hpp"

namespace orrery {

/// What differs between two moments of a log, resource by resource and field by field.

/// A field as a JSON pointer into `ResourceState::json()["fields"]`; null on the side where it
/// isn't.
struct FieldChange {
  std::string path;
  boost::json::value before;
  boost::json::value after;
};

/// The differing leaves of two JSON values, in order of path. Arrays are compared place by place.
std::vector<FieldChange> changed_fields(const boost::json::value& before,
                                        const boost::json::value& after);

struct ResourceChange {
  enum class Kind : std::uint8_t {
    /// Not there before, there now.
    appeared,
    /// There before, ended now.
    went,
    changed,
    /// Not there before, and ended by now.
    came_and_went,
  };
  Kind kind = Kind::changed;
  std::string stream;
  std::string phase_before;
  std::string phase_after;
  Version version_before = 0;
  Version version_after = 0;
  Position last_position = 0;
  std::vector<FieldChange> fields;
};
std::string_view name_of(ResourceChange::Kind kind);

struct DiffQuery {
  /// After this position …
  Position from = 0;
  /// … up to this one.
  Position to = 0;
  /// "vm/<id>" for one resource, "vm" for a kind, empty for all.
  std::string resource;
  /// More resources than this are counted, not compared.
  std::size_t resource_count_max = 1'000'000;
};

struct HistoryDiff {
  /// By stream.
  std::vector<ResourceChange> changes;
  /// Resources that were touched, whether or not they are in `changes`.
  std::size_t touched_count = 0;
};

/// The states on both sides come from the streams themselves; only [from, to] of the log is read as
/// a whole. `progress` is told positions now and then.
boost::system::result<HistoryDiff, LogDamage> diff_history(
    const EventLog& log, const DiffQuery& query,
    const std::function<void(Position)>& progress = [](Position) {});

boost::json::object change_json(const ResourceChange& change);

}  // namespace orrery
