#pragma once

#include <cstddef>
#include <deque>
#include <list>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/runtime/command.hpp"

namespace orrery {

/// The commands of a tailer on their way, in lanes: one lane for each aggregate they go to, one
/// command of a lane at a time. So a command that failed and is repeated never overtakes, or is
/// overtaken by, another to the same aggregate. Pure.
class Outbox {
 public:
  /// The commands to one aggregate; the first is the one being sent. The address is good until the
  /// lane's command is settled.
  struct Lane {
    std::size_t aggregate = 0;
    std::string id;
    std::list<OwedCommand> commands;
  };

  explicit Outbox(std::size_t in_flight_max) : in_flight_max_(in_flight_max) {}

  void push(OwedCommand command);

  /// A lane whose first command is to be sent now; null where nothing may be sent. The command
  /// counts as in flight until `settle` or `fail`.
  Lane* next();

  /// The first command of the lane was decided: the lane goes on with the next. The lane may be
  /// gone afterwards.
  void settle(Lane& lane);

  /// The first command of the lane couldn't be decided; it waits for `retry`.
  void fail(Lane& lane);

  /// Everything that failed may be sent again, in the order in which it failed.
  void retry();

  /// Commands pushed and not settled.
  std::size_t size() const { return size_; }
  std::size_t in_flight() const { return in_flight_; }

 private:
  struct Target {
    std::size_t aggregate = 0;
    std::string id;
    bool operator==(const Target&) const = default;
  };
  struct TargetHash {
    std::size_t operator()(const Target& target) const;
  };

  std::unordered_map<Target, Lane, TargetHash> lanes_;
  std::deque<Lane*> ready_;
  std::vector<Lane*> failed_;
  std::size_t in_flight_max_;
  std::size_t in_flight_ = 0;
  std::size_t size_ = 0;
};

}  // namespace orrery
