#pragma once

#include <chrono>
#include <csignal>
#include <optional>

namespace orrery::slurm {

/// SIGINT and SIGTERM, held back from the moment of construction, so that a command can undo what
/// it has begun.
class HeldSignals {
 public:
  HeldSignals();
  /// As they were.
  ~HeldSignals();
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;

  /// Blocks until one comes, or SIGCHLD, or the time is over; which it was.
  std::optional<int> wait_for(std::chrono::milliseconds time) const;
  /// What a child of ours should have.
  const sigset_t& before() const { return before_; }

 private:
  sigset_t signals_{};
  sigset_t before_{};
};

}  // namespace orrery::slurm
