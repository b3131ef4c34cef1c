#include "drivers/slurm/plan/instance_disk.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <boost/json.hpp>

#include "drivers/runs/file_text.hpp"
#include "drivers/runs/person_folder.hpp"
#include "drivers/slurm/plan/instance_folders.hpp"
#include "storage/descriptor.hpp"
#include "storage/durable_directory.hpp"

namespace orrery {
namespace {

constexpr std::string_view origin_name = "instance.json";

LaunchFailure failure(std::string_view what) {
  return {"instance_folder", fmt::format("The instance's folder {}.", what)};
}

std::filesystem::path origin_of_image(std::filesystem::path archive) {
  return archive.replace_extension(".json");
}

/// No, too, where the file system doesn't say.
bool is_there(const std::filesystem::path& path, std::filesystem::file_type type) {
  std::error_code unknown;
  return std::filesystem::status(path, unknown).type() == type;
}

/// A new instance's disk is empty, or what was saved as its image.
DiskOrigin origin_for(const SlurmConfiguration& configuration, std::string_view image) {
  const auto archive = saved_image(configuration, image);
  if (auto saved = archive.empty() ? std::nullopt : read_origin(origin_of_image(archive));
      saved && is_there(archive, std::filesystem::file_type::regular))
    return std::move(*saved);
  return {std::string(image), ""};
}

}  // namespace

std::filesystem::path saved_image(const SlurmConfiguration& configuration, std::string_view image) {
  const auto folder = images_folder(configuration);
  const auto place = place_in_folder(folder, "", fmt::format("./{}.tar", image));
  return image.empty() || !place ? std::filesystem::path() : folder / *place;
}

bool write_origin(const std::filesystem::path& file, const DiskOrigin& origin) {
  auto unfinished = file;
  unfinished += ".new";
  const Descriptor out(
      ::open(unfinished.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, S_IRUSR | S_IWUSR));
  return out && write_all(out.get(), boost::json::serialize(boost::json::value_from(origin))) &&
         ::fsync(out.get()) == 0 && ::rename(unfinished.c_str(), file.c_str()) == 0 &&
         sync_directory(file.parent_path());
}

std::optional<DiskOrigin> read_origin(const std::filesystem::path& file) {
  boost::json::error_code damage;
  const auto value = boost::json::parse(read_file_text(file.string()), damage);
  if (damage) return std::nullopt;
  auto origin = boost::json::try_value_to<DiskOrigin>(value);
  if (origin.has_error()) return std::nullopt;
  return std::move(*origin);
}

boost::system::result<InstanceDisk, LaunchFailure> disk_for(const SlurmConfiguration& configuration,
                                                            std::string_view instance_id,
                                                            std::string_view image) {
  InstanceDisk found;
  found.folder = person_folder(instances_folder(configuration), instance_id);
  if (found.folder.empty()) return failure("can't be made");
  const auto file = found.folder / origin_name;
  if (auto known = read_origin(file)) {
    found.origin = std::move(*known);
  } else {
    found.origin = origin_for(configuration, image);
    if (!write_origin(file, found.origin)) return failure("can't be written");
  }
  if (is_there(found.disk(), std::filesystem::file_type::directory)) return found;
  if (found.origin.image_id.empty()) {
    if (!make_directories_durably(found.disk(), S_IRWXU)) return failure("has no room for a disk");
    return found;
  }
  found.archive = saved_image(configuration, image);
  if (!is_there(found.archive, std::filesystem::file_type::regular))
    return failure("lacks its image");
  return found;
}

std::optional<InstanceDisk> find_disk(const SlurmConfiguration& configuration,
                                      std::string_view instance_id) {
  InstanceDisk found;
  found.folder = instances_folder(configuration) / instance_id;
  auto origin = read_origin(found.folder / origin_name);
  if (!origin) return std::nullopt;
  found.origin = std::move(*origin);
  return found;
}

}  // namespace orrery
