#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "events/envelope.hpp"

namespace orrery {

/// Something that must never be, and is.
struct Violation {
  std::string checker;
  /// Of the event that shows it; 0 where no single one does.
  Position position = 0;
  std::string message;
};

/// One invariant, checked from outside: over the facts of the log alone, by a fold that shares no
/// code with what it checks.
class Checker {
 public:
  virtual ~Checker() = default;

  virtual std::string_view name() const = 0;

  /// The next event of the log, in order of position, each once.
  virtual void apply(const RecordedEvent& recorded) = 0;

  /// The world is at rest: faults are mended, nothing is on its way. What must hold only then.
  virtual void at_rest() {}

  const std::vector<Violation>& violations() const { return violations_; }

 protected:
  void violated(Position position, std::string message) {
    violations_.push_back({std::string(name()), position, std::move(message)});
  }

 private:
  std::vector<Violation> violations_;
};

}  // namespace orrery
