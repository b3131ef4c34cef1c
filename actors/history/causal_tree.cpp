#include "actors/history/causal_tree.hpp"

#include <algorithm>
#include <set>

#include "storage/checked_record.hpp"

namespace orrery {
namespace {

/// Streams in the tree that are read whole when looking for effects: those that are short.
constexpr std::size_t read_streams_max = 32;
constexpr Version read_stream_events_max = 64;
constexpr int rounds_max = 4;
/// Causes above one event. A chain is some ten events long.
constexpr int climb_max = 10'000;

/// Whether an event without a cause is of the control plane itself: no principal asked for it.
bool acts_by_itself(std::string_view actor) {
  return actor.starts_with("process/") || actor.starts_with("driver") || actor == "placement" ||
         actor == "batch_scheduler";
}

class Search {
 public:
  Search(const EventLog& log, const WhyQuery& query) : log_(log), query_(query) {}

  boost::system::result<CausalTree, LogDamage> run() {
    take_asked();
    climb();
    find_effects();
    if (damage_) return *std::move(damage_);
    plant_roots();
    return {boost::system::in_place_value, std::move(tree_)};
  }

 private:
  void take_asked() {
    if (!query_.stream.empty()) tree_.event_count = version_then();
    if (query_.event != 0) {
      read(query_.event, query_.event,
           [&](RecordedEvent& event) { add(event).is_asked_about = true; });
    } else {
      const auto skipped =
          tree_.event_count - std::min<Version>(tree_.event_count, query_.event_count_max);
      read_stream(query_.stream, skipped + 1,
                  [&](RecordedEvent& event) { add(event).is_asked_about = true; });
    }
    for (const auto& [position, node] : tree_.nodes) followed_.insert(position);
  }

  /// Of the stream as of `to`.
  Version version_then() {
    Version version = log_.version_of(query_.stream);
    if (query_.to >= log_.head()) return version;
    version = 0;
    read_stream(query_.stream, 1, [&](RecordedEvent& event) { version = event.version; });
    return version;
  }

  /// Every cause of what is there, up to the roots.
  void climb() {
    std::vector<Position> wanted;
    for (const auto& [position, node] : tree_.nodes) wanted.push_back(position);
    for (auto position : wanted)
      for (int step = 0; step < climb_max && !damage_; ++step) {
        const auto cause = tree_.nodes.at(position).event.origin.causation;
        if (cause == 0 || cause >= position || tree_.nodes.contains(cause)) break;
        read(cause, cause, [&](RecordedEvent& event) { add(event); });
        position = cause;
      }
  }

  void find_effects() {
    if (followed_.empty() || damage_) return;
    if (query_.look_ahead == WhyQuery::everything) {
      look_at(*followed_.begin() + 1, query_.to);
      tree_.effects_are_complete = true;
      return;
    }
    const auto share = std::max<std::uint64_t>(1, query_.look_ahead / followed_.size());
    const std::vector<Position> asked(followed_.begin(), followed_.end());
    Position seen = asked.front();
    bool has_gap = false;
    for (const auto position : asked) {
      has_gap = has_gap || position > seen;
      const auto last = std::min(query_.to, position + share);
      look_at(std::max(position, seen) + 1, last);
      seen = std::max(seen, last);
    }
    tree_.effects_are_complete = !has_gap && seen >= query_.to;
    if (!tree_.effects_are_complete) read_streams_of_tree();
  }

  /// Takes what of [from, to] was caused by something that is followed; effects of effects come
  /// later in the log, so one pass finds them.
  void look_at(Position from, Position to) {
    if (from > to || damage_) return;
    visit(log_.read(from, to, [&](const StoredEvent& stored) {
      return !followed_.contains(stored.causation) || take_effect(stored);
    }));
  }

  bool take_effect(const StoredEvent& stored) {
    damage_ = record_checked(stored, scratch_);
    if (damage_) return false;
    followed_.insert(stored.position);
    add(scratch_);
    return true;
  }

  /// What comes long after its cause is mostly in a stream that is in the tree already: a lease
  /// that was granted is released. What is found may be the cause of more, so again while it grows.
  void read_streams_of_tree() {
    std::size_t known = 0;
    for (int round = 0; round < rounds_max && known != tree_.nodes.size() && !damage_; ++round) {
      known = tree_.nodes.size();
      std::set<std::string> streams;
      for (const auto& [position, node] : tree_.nodes)
        if (streams.size() < read_streams_max && node.event.stream != query_.stream)
          streams.insert(node.event.stream);
      for (const auto& stream : streams)
        if (log_.version_of(stream) <= read_stream_events_max) look_at_stream(stream);
    }
  }

  void look_at_stream(const std::string& stream) {
    visit(log_.read_stream(stream, 1, [&](const StoredEvent& stored) {
      if (stored.position > query_.to) return false;
      return !followed_.contains(stored.causation) || take_effect(stored);
    }));
  }

  /// Links every node to its cause; who has none, or one that isn't there, is at a root.
  void plant_roots() {
    for (auto& [position, node] : tree_.nodes) {
      const auto cause = tree_.nodes.find(node.event.origin.causation);
      if (cause != tree_.nodes.end() && cause->first < position)
        cause->second.effects.push_back(position);
      else
        plant(node.event);
    }
  }

  void plant(const RecordedEvent& event) {
    const auto kind = kind_of(event.origin);
    const auto same = std::ranges::find_if(tree_.roots, [&](const CausalRoot& root) {
      return root.kind == kind && root.actor == event.origin.actor &&
             root.correlation == event.origin.correlation && kind == CausalRoot::Kind::request &&
             !root.correlation.empty();
    });
    if (same != tree_.roots.end()) return same->events.push_back(event.position);
    tree_.roots.push_back(
        {kind, event.origin.actor, event.origin.correlation, event.time, {event.position}});
  }

  static CausalRoot::Kind kind_of(const Origin& origin) {
    using Kind = CausalRoot::Kind;
    if (origin.causation != 0) return Kind::unknown;
    return acts_by_itself(origin.actor) ? Kind::clock : Kind::request;
  }

  CausalNode& add(RecordedEvent& event) {
    auto& node = tree_.nodes[event.position];
    if (node.event.position == 0) node.event = std::move(event);
    return node;
  }

  template <class Take>
  void read(Position from, Position to, Take take) {
    if (damage_) return;
    visit(log_.read(from, to, [&](const StoredEvent& stored) { return pass(stored, take); }));
  }

  template <class Take>
  void read_stream(const std::string& stream, Version from, Take take) {
    if (damage_) return;
    visit(log_.read_stream(stream, from, [&](const StoredEvent& stored) {
      return stored.position <= query_.to && pass(stored, take);
    }));
  }

  template <class Take>
  bool pass(const StoredEvent& stored, Take& take) {
    damage_ = record_checked(stored, scratch_);
    if (!damage_) take(scratch_);
    return !damage_;
  }

  void visit(const boost::system::result<void, LogDamage>& read) {
    if (!read && !damage_) damage_ = read.error();
  }

  const EventLog& log_;
  const WhyQuery& query_;
  CausalTree tree_;
  /// Whose effects are wanted: the events asked about and, in turn, their effects.
  std::set<Position> followed_;
  RecordedEvent scratch_;
  std::optional<LogDamage> damage_;
};

}  // namespace

boost::system::result<CausalTree, LogDamage> why(const EventLog& log, const WhyQuery& query) {
  return Search(log, query).run();
}

}  // namespace orrery
