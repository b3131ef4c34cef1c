#include "cli/shared_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <map>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "storage/descriptor.hpp"

namespace orrery {
namespace {

struct FileSystemKind {
  const char* name;
  bool is_shared;
};

/// By `statfs`. Those that the kernel's headers don't name come from the file systems' own sources.
const std::map<std::uint32_t, FileSystemKind>& kinds() {
  static const std::map<std::uint32_t, FileSystemKind> known{
      {NFS_SUPER_MAGIC, {"nfs", true}},
      {SMB_SUPER_MAGIC, {"smb", true}},
      {CIFS_SUPER_MAGIC, {"cifs", true}},
      {SMB2_SUPER_MAGIC, {"smb", true}},
      {CEPH_SUPER_MAGIC, {"ceph", true}},
      {AFS_FS_MAGIC, {"afs", true}},
      {OCFS2_SUPER_MAGIC, {"ocfs2", true}},
      {V9FS_MAGIC, {"9p", true}},
      {FUSE_SUPER_MAGIC, {"fuse", true}},
      {0x0bd00bd0, {"lustre", true}},
      {0x47504653, {"gpfs", true}},
      {0x19830326, {"beegfs", true}},
      {0x01161970, {"gfs2", true}},
      {TMPFS_MAGIC, {"tmpfs", false}},
      {RAMFS_MAGIC, {"ramfs", false}},
      {EXT4_SUPER_MAGIC, {"ext4", false}},
      {XFS_SUPER_MAGIC, {"xfs", false}},
      {BTRFS_SUPER_MAGIC, {"btrfs", false}},
      {OVERLAYFS_SUPER_MAGIC, {"overlay", false}},
      {0x2fc12fc1, {"zfs", false}},
  };
  return known;
}

std::filesystem::path nearest_above(const std::filesystem::path& folder) {
  std::error_code failure;
  auto there = std::filesystem::absolute(folder);
  while (!std::filesystem::exists(there, failure) && there.has_relative_path())
    there = there.parent_path();
  return there;
}

}  // namespace

FolderSight look_at_folder(const std::filesystem::path& folder) {
  FolderSight sight;
  struct statfs seen {};
  if (::statfs(nearest_above(folder).c_str(), &seen) != 0) return sight;
  const auto magic = static_cast<std::uint32_t>(seen.f_type);
  const auto known = kinds().find(magic);
  sight.kind = known == kinds().end() ? fmt::format("{:#x}", magic) : known->second.name;
  sight.is_shared = known != kinds().end() && known->second.is_shared;
  return sight;
}

std::string problem_of_writing(const std::filesystem::path& folder) {
  const auto there = nearest_above(folder);
  if (::access(there.c_str(), R_OK | W_OK | X_OK) != 0) return std::strerror(errno);
  auto name = (there / ".orrery-doctor-XXXXXX").string();
  const Descriptor file(::mkostemp(name.data(), O_CLOEXEC));
  if (!file) return std::strerror(errno);
  const bool is_written = ::write(file.get(), "x", 1) == 1;
  const auto failure = errno;
  ::unlink(name.c_str());
  return is_written ? "" : std::strerror(failure);
}

}  // namespace orrery
