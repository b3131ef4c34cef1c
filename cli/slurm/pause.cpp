#include "cli/slurm/pause.hpp"

#include <ctime>

namespace orrery::slurm {

HeldSignals::HeldSignals() {
  sigemptyset(&signals_);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) sigaddset(&signals_, number);
  pthread_sigmask(SIG_BLOCK, &signals_, &before_);
}

HeldSignals::~HeldSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

std::optional<int> HeldSignals::wait_for(std::chrono::milliseconds time) const {
  constexpr long ns_per_ms = 1'000'000;
  const timespec limit{static_cast<std::time_t>(time.count() / 1'000),
                       static_cast<long>(time.count() % 1'000) * ns_per_ms};
  const int number = sigtimedwait(&signals_, nullptr, &limit);
  return number > 0 ? std::optional(number) : std::nullopt;
}

}  // namespace orrery::slurm
