#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/fork/asked_after.hpp"
#include "storage/memory/memory_event_log.hpp"

namespace orrery {

/// Before the id of a lease that stands for something that isn't repeated.
inline constexpr std::string_view repeated_lease_prefix = "fork-";

/// What is different in a fork. The commands are given first of all; what people later said in the
/// original to the same streams isn't repeated, so that the change stays in force.
struct ForkChange {
  /// For people: "fifo", a file's name.
  std::string name;
  std::vector<AddressedCommand> commands;
};

struct ForkedLifeSettings {
  ForkChange change;
  /// Virtual time ends here; what still runs or waits then is left so.
  Time until{};
  /// Of the order in which actors run.
  std::uint64_t seed = 1;
  /// Called now and then with how far virtual time has come.
  std::function<void(Time)> progress;
};

struct ForkedLife {
  /// Requests that were repeated, and those that the rules refused in the fork: by the name of the
  /// rejection, how many.
  std::uint64_t repeated_count = 0;
  std::map<std::string, std::uint64_t> refused;
};

/// What would have happened: the real control plane goes on in virtual time from the end of `log`,
/// which ends with a fork, under a change. People ask again for what they asked for in the
/// original, at the same times; machines break and recover when they did; a job's script runs as
/// long as it ran there. The same input gives the same log.
ForkedLife live_on(MemoryEventLog& log, const AskedAfter& asked,
                   const ForkedLifeSettings& settings);

}  // namespace orrery
