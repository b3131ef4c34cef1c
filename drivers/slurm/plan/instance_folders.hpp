#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "drivers/slurm/slurm_configuration.hpp"

namespace orrery {

class EventLog;

// What outlives the runs of instances lies beside the run directories, on the file system that the
// nodes share: instances/<id>/disk, volumes/<id>; images/<name>.json says which of
// archives/<image id>.tar has the image that was saved last by the name.

std::filesystem::path instances_folder(const SlurmConfiguration& configuration);
std::filesystem::path volumes_folder(const SlurmConfiguration& configuration);
std::filesystem::path images_folder(const SlurmConfiguration& configuration);
std::filesystem::path archives_folder(const SlurmConfiguration& configuration);

/// Removes the folders of those instances and volumes of which the log says that they are deleted:
/// no message tells a driver so. Those that the log doesn't know stay. `is_alive` says of an
/// instance whether a run of it may still be there; then it is left for another time. Reads as many
/// streams as there are folders, and blocks for as long as removing takes, or until it is to stop:
/// for a thread of its own, after a start and now and then. The answer is how many were removed.
std::size_t remove_deleted(const SlurmConfiguration& configuration, const EventLog& log,
                           const std::function<bool(std::string_view instance_id)>& is_alive,
                           const std::stop_token& stop = {});

}  // namespace orrery
