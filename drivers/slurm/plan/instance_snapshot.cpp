#include "drivers/slurm/plan/instance_snapshot.hpp"

#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drivers/runs/process_table.hpp"
#include "drivers/runs/program_search.hpp"
#include "drivers/slurm/plan/instance_disk.hpp"
#include "storage/descriptor.hpp"
#include "storage/durable_directory.hpp"

namespace orrery {
namespace {

namespace fs = std::filesystem;
using SizeResult = boost::system::result<std::uint64_t, LaunchFailure>;

/// A file system that hangs must not keep one of the pool's threads for ever.
constexpr std::chrono::hours patience{2};

LaunchFailure not_saved(std::string_view what) {
  return {"snapshot_failed", fmt::format("The instance's disk can't be saved: {}.", what)};
}

/// Whether the program ended well, and in time.
bool run_patiently(const fs::path& program, std::vector<std::string> words) {
  std::vector<char*> pointers;
  for (auto& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  pid_t pid = 0;
  if (::posix_spawn(&pid, program.c_str(), nullptr, nullptr, pointers.data(), environ) != 0)
    return false;
  if (const auto process = find_process(pid)) {
    const auto end = watch_process(process->identity);
    if (end) wait_until_readable(end.get(), patience);
  }
  ::kill(pid, SIGKILL);  // It is our child, so its number is its own until the next line.
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool pack(const fs::path& disk, const fs::path& archive) {
  const auto tar = find_program("tar", search_path);
  if (tar.empty() ||
      !run_patiently(tar, {"tar", "--create", "--sparse", "--numeric-owner", "--one-file-system",
                           "--file=" + archive.string(), "--directory=" + disk.string(), "."}))
    return false;
  const Descriptor written(::open(archive.c_str(), O_RDONLY | O_CLOEXEC));
  return written && ::fsync(written.get()) == 0;
}

/// The archive gets its name last: where it has one, everything else is there.
bool save(const InstanceDisk& disk, const fs::path& archive, const std::string& image_id) {
  auto unfinished = archive;
  unfinished += ".new";
  auto origin = archive;
  origin.replace_extension(".json");
  return make_directories_durably(archive.parent_path(), S_IRWXU) &&
         pack(disk.disk(), unfinished) && write_origin(origin, {disk.origin.image, image_id}) &&
         ::rename(unfinished.c_str(), archive.c_str()) == 0 &&
         sync_directory(archive.parent_path());
}

bool is_saved(const fs::path& archive, const std::string& image_id) {
  auto origin = archive;
  const auto known = read_origin(origin.replace_extension(".json"));
  std::error_code unknown;
  return known && known->image_id == image_id && fs::is_regular_file(archive, unknown);
}

}  // namespace

SizeResult save_instance(const SlurmConfiguration& configuration, std::string_view instance_id,
                         const SnapshotWish& wish) {
  const auto archive = saved_image(configuration, wish.image);
  if (archive.empty() || wish.image_id.empty()) return not_saved("no image can have this name");
  if (!is_saved(archive, wish.image_id)) {
    const auto disk = find_disk(configuration, instance_id);
    std::error_code unknown;
    if (!disk || !fs::is_directory(disk->disk(), unknown)) return not_saved("it has none");
    if (!save(*disk, archive, wish.image_id)) return not_saved("tar, or its file system, refuses");
  }
  std::error_code unknown;
  const auto size = fs::file_size(archive, unknown);
  if (unknown) return not_saved("its image is gone");
  return SizeResult(boost::system::in_place_value, size);
}

}  // namespace orrery
