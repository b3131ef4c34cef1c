#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

#include "storage/descriptor.hpp"

namespace orrery {

// Files in directories that a tenant's processes may write to, too. What lies there is to keep
// nobody waiting, and to lead nowhere else: neither the file nor its directory may be a link, and
// nothing but a regular file is opened. Each question opens the directory, which has a network file
// system ask its server what is there now.

/// For reading; none where there is no such file.
Descriptor open_plain_file(const std::filesystem::path& file);

/// All of it; none where there is no such file, it is longer, or it can't be read.
std::optional<std::string> read_plain_file(const std::filesystem::path& file,
                                           std::size_t bytes_max);

/// A directory in such a place; none where there is none.
Descriptor open_plain_directory(const std::filesystem::path& directory);

/// Whether the directory has an entry of this name, of whichever kind.
bool has_entry(const std::filesystem::path& file);

}  // namespace orrery
