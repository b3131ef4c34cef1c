#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/system/result.hpp>

#include "storage/event_log.hpp"

namespace orrery {

/// Why something is as it is: events under the events that caused them, up to the requests (or the
/// clock) at their roots. Every event names its cause (`Origin::causation`), so the way up is
/// exact. What an event led to has to be looked for, since nothing points forwards: in the streams
/// that are in the tree already, and in the log behind each event, as far as `WhyQuery` says.
struct CausalNode {
  RecordedEvent event;
  /// Of the stream that was asked about, or the event that was.
  bool is_asked_about = false;
  /// Positions of what it led to, in order.
  std::vector<Position> effects;
};

struct CausalRoot {
  enum class Kind : std::uint8_t {
    /// A principal asked for it; the correlation is the request's id.
    request,
    /// A process or driver acted because of the time, or by itself.
    clock,
    /// Its cause isn't in this log (it came out of a bundle), or not before it.
    unknown,
  };
  Kind kind = Kind::request;
  std::string actor;
  std::string correlation;
  Time time{};
  /// The first events of the chain: those without a cause.
  std::vector<Position> events;
};

struct CausalTree {
  /// By position. Every node but the roots' first events is an effect of exactly one other.
  std::map<Position, CausalNode> nodes;
  std::vector<CausalRoot> roots;
  /// Events of the stream; `nodes` holds the last `WhyQuery::event_count_max` of them.
  Version event_count = 0;
  /// False where effects may have been missed: the rest of the log wasn't looked at.
  bool effects_are_complete = false;
};

struct WhyQuery {
  /// The stream, or empty where `event` alone is asked about.
  std::string stream;
  /// 0: the whole stream.
  Position event = 0;
  /// Nothing after this is looked at.
  Position to = 0;
  /// The last so many events of the stream.
  std::size_t event_count_max = 100;
  /// Events of the log to look at for effects, shared out behind the events asked about.
  /// `everything` looks at all that follow.
  std::uint64_t look_ahead = 8192;
  static constexpr std::uint64_t everything = ~std::uint64_t{0};
};

/// `query.stream` must exist, or `query.event` be committed.
boost::system::result<CausalTree, LogDamage> why(const EventLog& log, const WhyQuery& query);

/// {"as_of", "events", "effects_complete", "roots": [{"kind", "principal", "request_id", "time",
/// "events": [{… the event …, "asked": true, "led_to": […]}]}]}.
boost::json::object causal_json(const CausalTree& tree, Position as_of);

/// The tree for people, a line an event, drawn with lines.
std::string causal_text(const CausalTree& tree);

}  // namespace orrery
