#include "drivers/slurm/plan/instance_snapshot.hpp"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "drivers/runs/plain_file.hpp"
#include "drivers/runs/program_search.hpp"
#include "drivers/runs/record_file.hpp"
#include "drivers/slurm/plan/instance_disk.hpp"
#include "drivers/slurm/port/command_runner.hpp"
#include "storage/durable_directory.hpp"

namespace orrery {
namespace {

namespace fs = std::filesystem;
using SizeResult = boost::system::result<std::uint64_t, LaunchFailure>;

/// A file system that hangs must not keep the thread for ever.
constexpr std::chrono::hours patience{2};

LaunchFailure not_saved(std::string_view what) {
  return {"snapshot_failed", fmt::format("The instance's disk can't be saved: {}.", what)};
}

/// What tries that were killed have left; the tar of one may still be writing into it.
void remove_unfinished(const fs::path& archive) {
  const auto beginning = archive.filename().string() + ".";
  std::vector<fs::path> found;
  std::error_code failure;
  for (auto entry = fs::directory_iterator(archive.parent_path(), failure);
       !failure && entry != fs::directory_iterator(); entry.increment(failure))
    if (entry->path().filename().string().starts_with(beginning)) found.push_back(entry->path());
  for (const auto& file : found) ::unlink(file.c_str());
}

/// A new file beside the archive, which no other try has; empty where there can be none.
std::string make_unfinished(const fs::path& archive) {
  auto name = archive.string() + ".XXXXXX";
  const Descriptor made(::mkostemp(name.data(), O_CLOEXEC));
  return made ? name : "";
}

/// What is at the disk's place is asked for once, and no link.
bool pack(const fs::path& disk, const std::string& into, const std::stop_token& stop) {
  const auto opened = open_plain_directory(disk);
  const auto tar = find_program("tar", search_path);
  if (!opened || tar.empty()) return false;
  Command command{tar,
                  {"--create", "--sparse", "--numeric-owner", "--one-file-system", "--file=" + into,
                   fmt::format("--directory=/proc/{}/fd/{}", ::getpid(), opened.get()), "."},
                  {}};
  command.deadline = patience;
  command.stop = stop;
  if (!run_command(command).is_success()) return false;
  const auto written = open_plain_file(into);
  return written && ::fsync(written.get()) == 0;
}

/// The archive gets its name last: where it has one, all of it is there.
bool make_archive(const InstanceDisk& disk, const fs::path& archive, const std::stop_token& stop) {
  if (!make_directories_durably(archive.parent_path(), S_IRWXU)) return false;
  remove_unfinished(archive);
  const auto unfinished = make_unfinished(archive);
  if (unfinished.empty()) return false;
  if (pack(disk.disk(), unfinished, stop) && ::rename(unfinished.c_str(), archive.c_str()) == 0)
    return sync_directory(archive.parent_path());
  ::unlink(unfinished.c_str());
  return false;
}

std::optional<std::uint64_t> size_of(const fs::path& archive) {
  std::error_code unknown;
  const auto size = fs::file_size(archive, unknown);
  return unknown ? std::nullopt : std::optional<std::uint64_t>(size);
}

}  // namespace

/// An archive has the id of its image and is never written over, so a name that is given anew
/// stands for the older one until the newer is there.
SizeResult save_instance(const SlurmConfiguration& configuration, std::string_view instance_id,
                         const SnapshotWish& wish, const std::stop_token& stop) {
  const auto file = image_file(configuration, wish.image);
  const auto archive = archive_of_image(configuration, wish.image_id);
  if (file.empty() || archive.empty()) return not_saved("no image can have this name");
  const auto disk = find_disk(configuration, instance_id);
  if (!size_of(archive)) {
    if (!disk || !open_plain_directory(disk->disk())) return not_saved("it has none");
    if (!make_archive(*disk, archive, stop)) return not_saved("tar, or its file system, refuses");
  }
  const auto named = read_record<DiskOrigin>(file);
  if (!named || named->image_id != wish.image_id) {
    const DiskOrigin origin{disk ? disk->origin.image : "", wish.image_id};
    if (!make_directories_durably(file.parent_path(), S_IRWXU) || !write_record(file, origin))
      return not_saved("its name can't be written");
  }
  const auto size = size_of(archive);
  if (!size) return not_saved("its image is gone");
  return SizeResult(boost::system::in_place_value, *size);
}

}  // namespace orrery
