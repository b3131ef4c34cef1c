#pragma once

#include <filesystem>

namespace orrery {

/// Makes what was created, renamed or removed in `directory` last: a file's own sync doesn't say
/// that its name is on disk. False where the system refuses.
bool sync_directory(const std::filesystem::path& directory);

/// Creates `directory` and what is missing above it, with this mode as the umask leaves it, each
/// name synced. True where it is there afterwards; else `errno` says why not. Never throws for what
/// a file system says.
bool make_directories_durably(const std::filesystem::path& directory, unsigned mode);

}  // namespace orrery
