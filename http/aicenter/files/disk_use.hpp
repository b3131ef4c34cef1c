#pragma once

#include <cstdint>

#include "http/aicenter/files/file_store.hpp"

namespace orrery::aicenter {

/// Who has more files and folders than that has used up his quota, however small they are: nobody
/// waits for longer than it takes to count so many.
inline constexpr std::uint64_t entry_count_max = 1'000'000;

/// Counts what stands in a person's folder. What can't be looked into (a path too long, a folder
/// closed to us) counts as more than anybody may have, so that nothing is hidden there.
DiskUse count_disk_use(int folder);

/// What one file or folder counts.
std::uint64_t counted_bytes(std::uint64_t length, std::uint64_t allocated);

}  // namespace orrery::aicenter
