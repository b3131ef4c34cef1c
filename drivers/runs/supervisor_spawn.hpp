#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/system/result.hpp>

#include "drivers/runs/run_directory.hpp"
#include "events/envelope.hpp"

namespace orrery {

/// Starts the program that supervises the run, in a session of its own, with nothing of this
/// process but its user and directory. It becomes a child of this process.
boost::system::result<ProcessIdentity> spawn_supervisor(const std::vector<std::string>& program,
                                                        const RunDirectory& run);

/// Of what the driver reports because of the order with this origin.
inline Origin local_process_origin(Origin origin) {
  origin.actor = "driver/local_process";
  return origin;
}

}  // namespace orrery
