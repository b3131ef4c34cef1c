#include "cli/stop_signals.hpp"

#include <cstring>

#include <pthread.h>

namespace orrery {

StopSignals::StopSignals() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  std::signal(SIGPIPE, SIG_IGN);  // A client that has gone is an error of its write, no more.
}

bool StopSignals::pending() const {
  sigset_t arrived;
  sigpending(&arrived);
  return sigismember(&arrived, SIGTERM) == 1 || sigismember(&arrived, SIGINT) == 1;
}

const char* StopSignals::wait() {
  int signal = 0;
  while (sigwait(&signals_, &signal) != 0) {
  }
  pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
  return strsignal(signal);
}

}  // namespace orrery
