#include "drivers/slurm/plan/instance_disk.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include "drivers/runs/person_folder.hpp"
#include "drivers/runs/record_file.hpp"
#include "drivers/slurm/plan/instance_folders.hpp"
#include "storage/durable_directory.hpp"

namespace orrery {
namespace {

constexpr std::string_view origin_name = "instance.json";

LaunchFailure failure(std::string_view what) {
  return {"instance_folder", fmt::format("The instance's folder {}.", what)};
}

/// No, too, where the file system doesn't say.
bool is_there(const std::filesystem::path& path, std::filesystem::file_type type) {
  std::error_code unknown;
  return std::filesystem::status(path, unknown).type() == type;
}

/// A new instance's disk is empty, or what was saved as its image.
DiskOrigin origin_for(const SlurmConfiguration& configuration, std::string_view image) {
  const auto file = image_file(configuration, image);
  if (auto saved = file.empty() ? std::nullopt : read_record<DiskOrigin>(file);
      saved && is_there(archive_of_image(configuration, saved->image_id),
                        std::filesystem::file_type::regular))
    return std::move(*saved);
  return {std::string(image), ""};
}

}  // namespace

std::filesystem::path image_file(const SlurmConfiguration& configuration, std::string_view image) {
  const auto folder = images_folder(configuration);
  const auto place = place_in_folder(folder, "", fmt::format("./{}.json", image));
  return image.empty() || !place ? std::filesystem::path() : folder / *place;
}

std::filesystem::path archive_of_image(const SlurmConfiguration& configuration,
                                       std::string_view image_id) {
  const bool is_name = !image_id.empty() && image_id.find('/') == std::string_view::npos &&
                       image_id.find('\0') == std::string_view::npos;
  return is_name ? archives_folder(configuration) / fmt::format("{}.tar", image_id)
                 : std::filesystem::path();
}

boost::system::result<InstanceDisk, LaunchFailure> disk_for(const SlurmConfiguration& configuration,
                                                            std::string_view instance_id,
                                                            std::string_view image) {
  InstanceDisk found;
  found.folder = person_folder(instances_folder(configuration), instance_id);
  if (found.folder.empty()) return failure("can't be made");
  const auto file = found.folder / origin_name;
  if (auto known = read_record<DiskOrigin>(file)) {
    found.origin = std::move(*known);
  } else {
    found.origin = origin_for(configuration, image);
    if (!write_record(file, found.origin)) return failure("can't be written");
  }
  if (is_there(found.disk(), std::filesystem::file_type::directory)) return found;
  if (found.origin.image_id.empty()) {
    if (!make_directories_durably(found.disk(), S_IRWXU)) return failure("has no room for a disk");
    return found;
  }
  found.archive = archive_of_image(configuration, found.origin.image_id);
  if (!is_there(found.archive, std::filesystem::file_type::regular))
    return failure("lacks its image");
  return found;
}

std::optional<InstanceDisk> find_disk(const SlurmConfiguration& configuration,
                                      std::string_view instance_id) {
  InstanceDisk found;
  found.folder = instances_folder(configuration) / instance_id;
  auto origin = read_record<DiskOrigin>(found.folder / origin_name);
  if (!origin) return std::nullopt;
  found.origin = std::move(*origin);
  return found;
}

}  // namespace orrery
