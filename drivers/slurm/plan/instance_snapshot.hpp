#pragma once

#include <cstdint>
#include <stop_token>
#include <string_view>

#include <boost/system/result.hpp>

#include "drivers/runs/process_environment.hpp"
#include "drivers/slurm/slurm_configuration.hpp"
#include "events/instance_events.hpp"

namespace orrery {

/// Saves the disk of an instance as an image, for instances that are started from it later. Only
/// once nothing of the instance runs. The image is durable when this returns; told again with the
/// same wish, it says again what there is. Blocks for as long as reading and writing a disk takes,
/// or until it is to stop, so it is for a thread of its own. The answer is the size of the image in
/// bytes.
boost::system::result<std::uint64_t, LaunchFailure> save_instance(
    const SlurmConfiguration& configuration, std::string_view instance_id, const SnapshotWish& wish,
    const std::stop_token& stop = {});

}  // namespace orrery
