#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include <boost/describe.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include "events/archive.hpp"
#include "projections/metering/usage.hpp"

namespace orrery {

/// What runs, as far as the meter cares.
struct MeteredThing {
  std::string project_id;
  UsageMetric metric = UsageMetric::gpu_hours;
  std::string resource_type;
  std::string location;
  std::string reservation_id;
  /// Names what it costs (`Meter::set_price`); one that was never set costs nothing.
  std::string price_id;
  /// GPUs or GB.
  std::uint64_t units = 0;
  /// Where a reservation has an end: from then on (seconds since 1970) the thing is outside of it,
  /// at this other price.
  std::optional<std::int64_t> reserved_until = {};
  std::string later_price_id = {};

  bool operator==(const MeteredThing&) const = default;
  BOOST_DESCRIBE_CLASS(MeteredThing, (),
                       (project_id, metric, resource_type, location, reservation_id, price_id,
                        units, reserved_until, later_price_id),
                       (), ())
};

/// Unit-seconds of everything that ran, by day and price. Pure integers; not guarded: the view is.
///
/// A thing is either running or not. Whatever changes about a running one ends its run and begins
/// the next at the same second, so nothing is lost or counted twice. A second that is reported
/// before the one before (a clock was set back) counts nothing.
class Meter {
 public:
  /// Things are named by their streams. Described again, it keeps running with the new terms.
  void describe(std::string_view stream, MeteredThing thing, Time now);
  /// Changes the terms of a thing that is known; does nothing for another.
  void change(std::string_view stream, Time now, const std::function<void(MeteredThing&)>& change);
  /// Twice is once; nothing for what isn't known.
  void start(std::string_view stream, Time now);
  void stop(std::string_view stream, Time now);
  /// Stops it and forgets what it was; what it used stays.
  void forget(std::string_view stream, Time now);
  void set_price(std::string_view id, std::int64_t micro_usd_per_hour, Time now);

  /// Everything a project used on one day at one price.
  struct Portion {
    std::chrono::sys_days day;
    UsageMetric metric;
    const std::string& resource_type;
    const std::string& location;
    const std::string& reservation_id;
    std::int64_t micro_usd_per_hour;
    std::uint64_t unit_seconds;
  };
  /// Visits the portions of one project within [from, until), open runs included; one key may come
  /// several times.
  void visit(std::string_view project_id, std::chrono::sys_days from, Time until,
             const std::function<void(const Portion&)>& visit) const;

  void save(ByteWriter& writer) const;
  /// The meter must be empty.
  void load(ByteReader& reader);

 private:
  struct Run {
    MeteredThing thing;
    bool running = false;
    /// Since then at this price; seconds since 1970.
    std::int64_t since = 0;
    std::int64_t micro_usd_per_hour = 0;
    std::int64_t later_micro_usd_per_hour = 0;
    BOOST_DESCRIBE_CLASS(Run, (),
                         (thing, running, since, micro_usd_per_hour, later_micro_usd_per_hour), (),
                         ())
  };
  struct Key {
    /// Days since 1970.
    std::int64_t day = 0;
    UsageMetric metric = UsageMetric::gpu_hours;
    std::string resource_type;
    std::string location;
    std::string reservation_id;
    std::int64_t micro_usd_per_hour = 0;
    auto operator<=>(const Key&) const = default;
    BOOST_DESCRIBE_CLASS(Key, (),
                         (day, metric, resource_type, location, reservation_id, micro_usd_per_hour),
                         (), ())
  };
  struct Project {
    /// Unit-seconds of what has ended.
    std::map<Key, std::uint64_t> closed;
    boost::unordered_flat_set<const Run*> running;
  };
  struct StreamHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };

  Run* find(std::string_view stream);
  /// Visits what `run` used within [from, until), cut at midnights and where its reservation ends.
  static void cut(const Run& run, std::int64_t from, std::int64_t until,
                  const std::function<void(const Portion&)>& visit);
  std::int64_t price_of(std::string_view id) const;
  void begin(Run& run, std::int64_t now);
  void end(Run& run, std::int64_t now);

  std::map<std::string, Project, std::less<>> projects_;
  std::unordered_map<std::string, Run, StreamHash, std::equal_to<>> runs_;
  /// Micro-USD for a unit and hour, by the id of the price.
  std::map<std::string, std::int64_t, std::less<>> prices_;
};

}  // namespace orrery
