#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <boost/describe.hpp>
#include <boost/system/result.hpp>

#include "drivers/runs/process_environment.hpp"
#include "drivers/slurm/slurm_configuration.hpp"

namespace orrery {

/// instance.json beside the disk of an instance, and what a saved image's name stands for.
struct DiskOrigin {
  /// What programs come from: the name of an image that wasn't saved here.
  std::string image;
  /// Of the saved image that the disk begins with; its archive has this name.
  std::string image_id;

  BOOST_DESCRIBE_CLASS(DiskOrigin, (), (image, image_id), (), ())
};

/// What an instance keeps while it is off.
struct InstanceDisk {
  /// instances/<id>. The disk is in there.
  std::filesystem::path folder;
  DiskOrigin origin;
  /// What the disk is to be filled from before the instance begins; empty: it is there.
  std::filesystem::path archive;

  std::filesystem::path disk() const { return folder / "disk"; }
};

/// Where it would stand, or stands, what was saved last under this name; empty where it can't be
/// the name of an image.
std::filesystem::path image_file(const SlurmConfiguration& configuration, std::string_view image);
/// Where the disk would be, or is, that was saved with this id; empty where it can't be one.
std::filesystem::path archive_of_image(const SlurmConfiguration& configuration,
                                       std::string_view image_id);

/// The disk of an instance with this image, made where it isn't there yet. One of a saved image is
/// filled by the instance's own run, on its node.
boost::system::result<InstanceDisk, LaunchFailure> disk_for(const SlurmConfiguration& configuration,
                                                            std::string_view instance_id,
                                                            std::string_view image);
/// None where the instance never was planned.
std::optional<InstanceDisk> find_disk(const SlurmConfiguration& configuration,
                                      std::string_view instance_id);

}  // namespace orrery
