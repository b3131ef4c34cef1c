#pragma once

#include <csignal>
#include <cstdint>
#include <vector>

#include <boost/describe.hpp>

#include "drivers/runs/run_directory.hpp"

namespace orrery {

/// A signal for what runs of a job. Slurm can signal the guard alone: what would end or stop that
/// must reach the job, and much of what is for the job must not end it.
struct SignalOrder {
  /// Grows with each one that a run is told.
  std::uint64_t number = 0;
  std::uint32_t signal = 0;
  bool to_script_only = false;

  BOOST_DESCRIBE_CLASS(SignalOrder, (), (number, signal, to_script_only), (), ())
};

/// signals.json in the run directory: what was told last, in that order. Written by the driver; the
/// guard sends each once.
struct SignalOrders {
  std::vector<SignalOrder> told;

  BOOST_DESCRIBE_CLASS(SignalOrders, (), (told), (), ())
};

/// Has the guard look there at once; it looks every few seconds anyway. Does nothing to whom it
/// isn't meant for.
inline constexpr int look_signal = SIGURG;

/// Nothing where there is no such file.
SignalOrders read_signal_orders(const RunDirectory& run);

/// False where this one was told before, or can't be written.
bool tell_signal(const RunDirectory& run, const SignalOrder& order);

}  // namespace orrery
