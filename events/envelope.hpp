#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "events/registry.hpp"

namespace orrery {

/// Place of an event in the whole log: global, gapless, from 1. 0 means "before the first event".
using Position = std::uint64_t;

/// Place of an event in its stream: gapless, from 1. 0 means "the stream has no event yet".
using Version = std::uint64_t;

/// Wall-clock time in microseconds since 1970-01-01T00:00:00Z. It comes from a `Clock`, never from
/// a rule.
using Time = std::chrono::sys_time<std::chrono::microseconds>;

/// Who caused an event, and through what. Travels with every command into the envelope of its
/// events.
struct Origin {
  /// The principal: "account/<id>", "token/<id>", "process/vm", "driver/simulated" …
  std::string actor;
  /// Position of the event that this one answers; 0 where a request caused it directly.
  Position causation = 0;
  /// Id of the request at the start of the chain; the same for everything it set in motion.
  std::string correlation;

  bool operator==(const Origin&) const = default;
  BOOST_DESCRIBE_CLASS(Origin, (), (actor, causation, correlation), (), ())
};

/// One committed fact with its envelope. The payload repeats nothing that stands here.
struct RecordedEvent {
  Position position = 0;
  std::string stream;
  Version version = 0;
  Time time{};
  Origin origin;
  Event event;
};

/// What one group commit made durable, in order of position. Shared and immutable: every tailer
/// reads the same.
using CommittedBatch = std::shared_ptr<const std::vector<RecordedEvent>>;

}  // namespace orrery
