#pragma once

#include <csignal>

namespace orrery {

/// SIGTERM and SIGINT, held back from the moment of construction. Make it before any thread starts,
/// so that all of them inherit this. A second signal after `wait` kills at once.
class StopSignals {
 public:
  StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  /// Whether one has come that `wait` would return at once.
  bool pending() const;

  /// Blocks until one comes, and names it.
  const char* wait();

 private:
  sigset_t signals_{};
};

}  // namespace orrery
