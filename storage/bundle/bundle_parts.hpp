#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "storage/bundle/bundle.hpp"

namespace orrery {

/// How a bundle is put together: a line with its version, a line with its header, then parts. A
/// part is its size, its bytes and the hash of both with the hash of the part before; a part of
/// size 0 is followed by the end.

inline constexpr std::string_view bundle_mark = "orrery-bundle ";

/// Lines and the end are short.
inline constexpr std::size_t bundle_line_bytes_max = 1u << 20;
/// A commit has its payloads and little more.
inline constexpr std::size_t bundle_part_bytes_max = 512u << 20;

std::string header_line(const BundleHeader& header);
/// nullopt: that is no header of this version.
std::optional<BundleHeader> read_header_line(std::string_view line);

/// The end: how much there was.
std::string end_text(const BundleSummary& summary);
bool is_end_text(std::string_view text, const BundleSummary& summary);

/// SHA-256 of `previous`, then `bytes`.
ChainHash part_hash(const ChainHash& previous, std::string_view bytes);

}  // namespace orrery
