#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include <boost/json/object.hpp>

namespace orrery {

/// How far a simulated cluster is, from what the API says of it: nodes and GPUs count alike.
struct ClusterProgress {
  std::uint64_t registered = 0;
  std::uint64_t wanted = 0;
  bool is_complete = false;

  static ClusterProgress of(const boost::json::object& cluster);
};

/// One line for a terminal: how many are there, how many come in a second, how long it will take.
std::string progress_line(const std::string& name, const ClusterProgress& now,
                          const ClusterProgress& at_first, std::chrono::duration<double> since);

}  // namespace orrery
