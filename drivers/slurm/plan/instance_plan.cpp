#include <algorithm>

#include <fmt/format.h>

#include "drivers/instance_duties.hpp"
#include "drivers/runs/person_folder.hpp"
#include "drivers/runs/reported_run.hpp"
#include "drivers/runs/run_planning.hpp"
#include "drivers/slurm/plan/container_command.hpp"
#include "drivers/slurm/plan/instance_disk.hpp"
#include "drivers/slurm/plan/instance_folders.hpp"
#include "drivers/slurm/plan/slurm_order_making.hpp"
#include "drivers/slurm/plan/slurm_plan.hpp"

namespace orrery {
namespace {

using Launch = boost::system::result<LaunchPlan, LaunchFailure>;
using VolumeFolders = std::vector<std::filesystem::path>;

constexpr std::uint16_t ssh_port = 22;
constexpr auto home_in_container = "/root";

/// Fills the disk from an archive, whole or not at all, and goes on as the instance.
constexpr std::string_view fill_disk = R"(if ! [ -d "$1/disk" ]; then
  rm -rf "$1/disk.new" && mkdir -m 700 "$1/disk.new" &&
    tar --extract --numeric-owner --file "$2" --directory "$1/disk.new" &&
    mv "$1/disk.new" "$1/disk" || exit 125
fi
cd "$1/disk" && shift 2 && exec "$@")";

std::string without_placeholders(std::string_view text) {
  std::string escaped;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("${")) escaped += '$';
    escaped += text[i];
  }
  return escaped;
}

/// An instance is planned as a service that listens for SSH alone.
StartService as_service(const SlurmConfiguration& configuration, const StartInstance& start,
                        const InstanceDisk& disk, const VolumeFolders& volumes) {
  StartService service{run_id_of_instance(start.instance_id),
                       start.node_id,
                       start.gpu_indices,
                       start.fence,
                       {},
                       {},
                       start.origin};
  constexpr std::uint32_t mib_per_gib = 1'024;
  auto& resources = service.specification.resources;
  resources.cpu_count = std::max(start.cpu_count, 1u);
  resources.memory_mib = start.memory_gib * mib_per_gib;
  auto& launch = service.specification.launch;
  launch.command = configuration.instance_command;
  if (launch.command.empty()) launch.command = {"sleep", "infinity"};
  launch.ports = {ssh_port};
  launch.grace_period_s = InstanceDuties::deletion_grace_period_s;
  const auto give = [&](std::string name, std::string_view value) {
    launch.environment.push_back({std::move(name), without_placeholders(value)});
  };
  give("IMAGE", start.image);
  give("INSTANCE", start.instance_id);
  give("VOLUME", disk.disk().string());
  for (std::size_t i = 0; i < volumes.size(); ++i)
    give(fmt::format("VOLUME_{}", i + 1), volumes[i].string());
  return service;
}

boost::system::result<VolumeFolders, LaunchFailure> folders_of(
    const SlurmConfiguration& configuration, const StartInstance& start) {
  VolumeFolders folders;
  for (const auto& volume : start.volumes) {
    folders.push_back(person_folder(volumes_folder(configuration), volume.volume_id));
    if (folders.back().empty())
      return LaunchFailure{"volume_folder",
                           fmt::format("The volume {} has no folder.", volume.volume_id)};
  }
  return folders;
}

/// The image's own command runs; what is configured is for where there are no containers.
std::optional<LaunchFailure> contain(const SlurmConfiguration& configuration,
                                     const StartInstance& start, const InstanceDisk& disk,
                                     const VolumeFolders& volumes, LaunchPlan& plan) {
  ContainerWish wish;
  wish.image = disk.origin.image;
  // The next run on a node ends what an earlier one has left there.
  wish.name = fmt::format("orrery-{}", start.instance_id);
  wish.home = {disk.disk(), home_in_container};
  for (std::size_t i = 0; i < volumes.size(); ++i)
    wish.mounts.push_back({volumes[i], start.volumes[i].path});
  plan.command.clear();
  return put_into_container(configuration, wish, plan);
}

void begin_at_disk(const InstanceDisk& disk, LaunchPlan& plan) {
  plan.work_directory = disk.disk().string();
  if (disk.archive.empty()) return;
  plan.work_directory = disk.folder.string();
  std::vector<std::string> words{"/bin/sh",
                                 "-c",
                                 std::string(fill_disk),
                                 "instance",
                                 disk.folder.string(),
                                 disk.archive.string()};
  plan.command.insert(plan.command.begin(), words.begin(), words.end());
}

void set_home(const InstanceDisk& disk, LaunchPlan& plan) {
  for (auto& variable : plan.environment)
    if (variable.name == "HOME") variable.value = disk.disk().string();
}

Launch plan_instance(const SlurmConfiguration& configuration, const StartInstance& start,
                     const SlurmPlace& place, const RunDirectory& directory, PortPool& ports) {
  const auto disk = disk_for(configuration, start.instance_id, start.image);
  if (!disk) return disk.error();
  const auto volumes = folders_of(configuration, start);
  if (!volumes) return volumes.error();
  auto ground = ground_on(configuration, place);
  ground.configuration.environment_file.clear();  // What the operator's services may know.
  auto launch =
      plan_run(ground, as_service(configuration, start, *disk, *volumes), directory, ports);
  if (!launch) return launch.error();
  set_home(*disk, *launch);
  if (configuration.runtime != SlurmRuntime::command)
    if (const auto failure = contain(configuration, start, *disk, *volumes, *launch)) {
      ports.give_back(launch->ports);
      return *failure;
    }
  begin_at_disk(*disk, *launch);
  return launch;
}

}  // namespace

SlurmPlanResult plan_on_slurm(const SlurmConfiguration& configuration, const StartInstance& start,
                              std::span<const SlurmPlace> places, const RunDirectory& directory,
                              PortPool& ports) {
  if (const auto failure = refuse_places(places)) return *failure;
  auto launch = plan_instance(configuration, start, places.front(), directory, ports);
  if (!launch) return launch.error();
  inherit_gpus(*launch);
  auto order = order_for(configuration, places.first(1), *launch, 0, directory);
  return SlurmPlan{std::move(*launch), std::move(order)};
}

}  // namespace orrery
