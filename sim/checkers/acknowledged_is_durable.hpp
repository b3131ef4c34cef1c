#pragma once

#include <map>
#include <string>

#include "sim/checkers/checker.hpp"

namespace orrery {

/// What was acknowledged is in the log for good: the event at the acknowledged position is the last
/// of that stream's version, after any number of crashes.
class AcknowledgedIsDurable : public Checker {
 public:
  std::string_view name() const override { return "acknowledged_is_durable"; }

  /// A command was answered: its stream has this version, and its last event this position (0 where
  /// it decided nothing).
  void acknowledged(const std::string& stream, Version version, Position position);

  void apply(const RecordedEvent& recorded) override;

  /// A new life reads the log from its start again: it must tell the same.
  void begin_again();

  void at_rest() override;

  std::size_t acknowledged_count() const { return acknowledged_count_; }

 private:
  struct Acknowledged {
    std::string stream;
    Version version = 0;
  };
  std::map<Position, Acknowledged> by_position_;
  std::map<std::string, Version> versions_;
  std::map<std::string, Version> applied_versions_;
  Position applied_ = 0;
  std::size_t acknowledged_count_ = 0;
};

}  // namespace orrery
