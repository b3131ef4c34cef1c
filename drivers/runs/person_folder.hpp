#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "storage/descriptor.hpp"

namespace orrery {

/// The folder that a person's jobs run in, below `homes`; made where it isn't there yet, for its
/// owner only. Empty where the name can't be one of a folder, or it can't be made.
std::filesystem::path person_folder(const std::filesystem::path& homes, std::string_view user);

/// Where `path` lies, seen from `folder`: what is relative counts from `base`, a folder in there
/// seen from it ("" for itself). None where it leads out of it by its words alone; links are looked
/// at when it is opened.
std::optional<std::string> place_in_folder(const std::filesystem::path& folder,
                                           std::string_view base, std::string_view path);

/// Opens a file in the folder, whatever links lie on the way: never one outside of it. -1 where
/// that can't be done; see `errno`.
Descriptor open_in_folder(const std::filesystem::path& folder, const std::string& place, int flags,
                          std::uint32_t mode = 0);

}  // namespace orrery
