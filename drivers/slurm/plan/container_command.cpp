#include "drivers/slurm/plan/container_command.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "drivers/runs/person_folder.hpp"
#include "drivers/slurm/plan/instance_folders.hpp"

namespace orrery {
namespace {

using Words = std::vector<std::string>;
using ImageResult = boost::system::result<std::string, LaunchFailure>;

constexpr std::string_view apptainer_suffix = ".sif";

/// Which GPUs it is is Slurm's to say, on the node. In there they are counted from 0.
constexpr std::string_view podman_with_gpus = R"(IFS=,
for gpu in ${CUDA_VISIBLE_DEVICES-}; do set -- --device "nvidia.com/gpu=$gpu" "$@"; done
unset CUDA_VISIBLE_DEVICES
exec podman run "$@")";

/// What the runtimes would take for their own settings.
constexpr std::array<std::string_view, 8> runtime_prefixes{"APPTAINER",  "SINGULARITY", "PODMAN_",
                                                           "CONTAINER_", "CONTAINERS_", "DOCKER_",
                                                           "STORAGE_",   "BUILDAH_"};

/// What the runtime finds its store of images by, and the container has its own of.
constexpr std::array<std::string_view, 2> inherited_by_runtime{"HOME", "XDG_RUNTIME_DIR"};

ImageResult image_of_apptainer(const SlurmConfiguration& configuration, const std::string& image) {
  if (image.starts_with('/') || image.find("://") != std::string::npos)
    return ImageResult(boost::system::in_place_value, image);
  if (!image.ends_with(apptainer_suffix))
    return ImageResult(boost::system::in_place_value, "docker://" + image);
  const auto folder = images_folder(configuration);
  const auto place = place_in_folder(folder, "", image);
  if (!place) return LaunchFailure{"bad_image", "The image's file is outside of the images."};
  return ImageResult(boost::system::in_place_value, (folder / *place).string());
}

ImageResult image_for(const SlurmConfiguration& configuration, const std::string& image) {
  if (image.empty() || image.starts_with('-'))
    return LaunchFailure{"bad_image", fmt::format("\"{}\" names no image.", image)};
  if (configuration.runtime == SlurmRuntime::apptainer)
    return image_of_apptainer(configuration, image);
  if (image.ends_with(apptainer_suffix))
    return LaunchFailure{"bad_image",
                         fmt::format("{} is an image of Apptainer, and here runs podman.", image)};
  return ImageResult(boost::system::in_place_value, image);
}

/// Both runtimes take mounts as lists, which have no quotes that hold for all of them.
bool is_mountable(const ContainerMount& mount) {
  constexpr std::string_view of_lists = ",:\"\n";
  return mount.source.is_absolute() && mount.target.is_absolute() &&
         mount.source.string().find_first_of(of_lists) == std::string::npos &&
         mount.target.string().find_first_of(of_lists) == std::string::npos;
}

std::optional<LaunchFailure> refusal_of(const ContainerWish& wish) {
  auto mounts = wish.mounts;
  mounts.push_back(wish.home);
  if (const auto bad = std::ranges::find_if_not(mounts, is_mountable); bad != mounts.end())
    return LaunchFailure{"bad_mount",
                         fmt::format("A container can't have {}.", bad->target.string())};
  return std::nullopt;
}

/// Apptainer hands its environment on by itself.
Words apptainer(const ContainerWish& wish, const LaunchPlan& plan) {
  Words words{"apptainer", plan.command.empty() ? "run" : "exec", "--contain", "--writable-tmpfs"};
  if (!plan.gpu_indices.empty()) words.emplace_back("--nv");
  const auto add = [&](std::string_view option, const ContainerMount& mount) {
    words.emplace_back(option);
    words.push_back(fmt::format("{}:{}{}", mount.source.string(), mount.target.string(),
                                mount.is_read_only ? ":ro" : ""));
  };
  add("--home", wish.home);
  for (const auto& mount : wish.mounts) add("--bind", mount);
  words.insert(words.end(), {"--pwd", wish.home.target.string()});
  return words;
}

void add_environment(const LaunchPlan& plan, const ContainerWish& wish, Words& words) {
  for (const auto& variable : plan.environment)
    if (variable.name != "PATH" && variable.name != "HOME")
      words.insert(words.end(), {"--env", variable.name});
  words.insert(words.end(), {"--env", "HOME=" + wish.home.target.string()});
}

/// Without cgroups of its own the container stays in those of its Slurm job, and within its limits.
/// Values of variables aren't arguments, which others on the node see.
Words podman(const ContainerWish& wish, const LaunchPlan& plan) {
  Words words{"podman", "run"};
  if (!plan.gpu_indices.empty()) words = {"/bin/sh", "-c", std::string(podman_with_gpus), "podman"};
  words.insert(words.end(), {"--rm", "--replace", "--name", wish.name, "--network=host",
                             "--cgroups=disabled", "--security-opt=no-new-privileges",
                             "--log-driver=none", "--workdir", wish.home.target.string()});
  auto mounts = wish.mounts;
  mounts.push_back(wish.home);
  for (const auto& mount : mounts)
    words.insert(words.end(), {"--mount", fmt::format("type=bind,source={},target={}{}",
                                                      mount.source.string(), mount.target.string(),
                                                      mount.is_read_only ? ",readonly" : "")});
  add_environment(plan, wish, words);
  return words;
}

}  // namespace

std::optional<LaunchFailure> refuse_in_container(
    const std::vector<EnvironmentVariable>& environment) {
  for (const auto& variable : environment)
    if (std::ranges::any_of(runtime_prefixes,
                            [&](auto prefix) { return variable.name.starts_with(prefix); }))
      return LaunchFailure{"environment_refused",
                           fmt::format("No container may set {}.", variable.name)};
  return std::nullopt;
}

std::optional<LaunchFailure> put_into_container(const SlurmConfiguration& configuration,
                                                const ContainerWish& wish, LaunchPlan& plan) {
  const auto image = image_for(configuration, wish.image);
  if (!image) return image.error();
  if (auto refusal = refusal_of(wish)) return refusal;
  const bool is_podman = configuration.runtime == SlurmRuntime::podman;
  auto words = is_podman ? podman(wish, plan) : apptainer(wish, plan);
  words.insert(words.end(), configuration.container_options.begin(),
               configuration.container_options.end());
  words.push_back(*image);
  words.insert(words.end(), plan.command.begin(), plan.command.end());
  plan.command = std::move(words);
  // Its own first processes aren't told to end, but what runs in the container. Of Apptainer those
  // are the same.
  plan.is_sandboxed = is_podman;
  plan.inherited.insert(plan.inherited.end(), inherited_by_runtime.begin(),
                        inherited_by_runtime.end());
  return std::nullopt;
}

}  // namespace orrery
