#pragma once

#include <map>
#include <string>

#include "sim/checkers/checker.hpp"

namespace orrery {

/// Every operation ends, and ends once.
class OperationsEnd : public Checker {
 public:
  std::string_view name() const override { return "operations_end"; }
  void apply(const RecordedEvent& recorded) override;
  void at_rest() override;

  /// Operations in progress.
  std::size_t open_count() const { return open_.size(); }
  std::size_t ended_count() const { return ended_.size(); }

 private:
  /// Stream → position of its start.
  std::map<std::string, Position> open_;
  std::map<std::string, Position> ended_;
};

}  // namespace orrery
