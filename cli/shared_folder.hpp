#pragma once

#include <filesystem>
#include <string>

namespace orrery {

/// A folder as other machines may have it.
struct FolderSight {
  /// Of the file system: "nfs", "ext4", "0x1234" for one without a name here.
  std::string kind;
  /// Of a kind that several machines mount at the same time.
  bool is_shared = false;
};

/// Looks at the folder, or the nearest one above that exists.
FolderSight look_at_folder(const std::filesystem::path& folder);

/// Why nothing can be written into the folder, or the nearest one above that exists; empty where a
/// file, which is removed again, could. Rights alone don't say so: the file system may have its
/// own.
std::string problem_of_writing(const std::filesystem::path& folder);

}  // namespace orrery
