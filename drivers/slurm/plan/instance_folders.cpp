#include "drivers/slurm/plan/instance_folders.hpp"

#include <chrono>
#include <system_error>
#include <variant>
#include <vector>

#include "actors/instance/instance.hpp"
#include "actors/volume/volume.hpp"
#include "drivers/runs/program_search.hpp"
#include "drivers/slurm/port/command_runner.hpp"
#include "events/stream_name.hpp"
#include "storage/event_log.hpp"

namespace orrery {
namespace {

namespace fs = std::filesystem;

fs::path beside_runs(const SlurmConfiguration& configuration, std::string_view name) {
  return (configuration.directory / "").parent_path().parent_path() / name;
}

/// Whether the last event of the stream is one after which nothing comes.
template <class Last>
bool ends_with(const EventLog& log, const std::string& stream) {
  const auto version = log.version_of(stream);
  if (version == 0) return false;
  bool is_last = false;
  const auto whole = log.read_stream(stream, version, [&](const StoredEvent& stored) {
    is_last = std::holds_alternative<Last>(record(stored).event);
    return false;
  });
  return whole.has_value() && is_last;
}

/// By a program, as that can be stopped.
bool remove_folder(const fs::path& folder, const std::stop_token& stop) {
  constexpr std::chrono::hours patience{2};
  Command command{find_program("rm", search_path), {"-rf", "--", folder.string()}, {}};
  command.deadline = patience;
  command.stop = stop;
  return run_command(command).is_success();
}

template <class IsDeleted>
std::size_t remove_where(const fs::path& folder, IsDeleted is_deleted,
                         const std::stop_token& stop) {
  std::size_t count = 0;
  std::error_code failure;
  std::vector<fs::path> found;
  for (auto entry = fs::directory_iterator(folder, failure);
       !failure && entry != fs::directory_iterator(); entry.increment(failure))
    found.push_back(entry->path());
  for (const auto& path : found)
    if (!stop.stop_requested() && is_deleted(path.filename().string()))
      count += remove_folder(path, stop) ? 1 : 0;
  return count;
}

}  // namespace

fs::path instances_folder(const SlurmConfiguration& configuration) {
  return beside_runs(configuration, "instances");
}

fs::path volumes_folder(const SlurmConfiguration& configuration) {
  return beside_runs(configuration, "volumes");
}

fs::path images_folder(const SlurmConfiguration& configuration) {
  return beside_runs(configuration, "images");
}

fs::path archives_folder(const SlurmConfiguration& configuration) {
  return beside_runs(configuration, "archives");
}

std::size_t remove_deleted(const SlurmConfiguration& configuration, const EventLog& log,
                           const std::function<bool(std::string_view instance_id)>& is_alive,
                           const std::stop_token& stop) {
  const auto is_deleted_instance = [&](const auto& id) {
    return !is_alive(id) &&
           ends_with<InstanceDeleted>(log, stream_name(Instance::stream_prefix, id));
  };
  const auto is_deleted_volume = [&](const auto& id) {
    return ends_with<VolumeDeleted>(log, stream_name(Volume::stream_prefix, id));
  };
  const auto instances = remove_where(instances_folder(configuration), is_deleted_instance, stop);
  const auto volumes = remove_where(volumes_folder(configuration), is_deleted_volume, stop);
  return instances + volumes;
}

}  // namespace orrery
