#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orrery::slurm {

/// One field of an output format.
struct Column {
  /// A letter of -o's "%.18i", or a name of -O and sacct's --format, in lower case.
  std::string field;
  /// 0: as wide as its text.
  std::size_t width = 0;
  bool is_right = false;
  /// Its text isn't cut where it is too long for the width, as Slurm's times aren't.
  bool is_whole = false;
  /// "%#": as wide as the widest text of the column.
  bool is_automatic = false;
  /// Stands after it.
  std::string suffix;
};

/// "%.18i %.9P %j": squeue's and sinfo's -o. What stands before the first field is of no
/// consequence.
std::vector<Column> letter_columns(std::string_view format);
/// "JobID:8,Name,State:.10": -O. Each is 20 wide, followed by nothing, where it doesn't say.
std::vector<Column> named_columns(std::string_view format);

/// A line's text under each column, headers too.
using Line = std::vector<std::string>;
std::string aligned_text(const std::vector<Column>& columns, const std::vector<Line>& lines);

/// Slurm's times: "0:42", "1:02:03", "2-01:00:00".
std::string duration_text(std::int64_t seconds);
/// The same with all of its parts, as scontrol and sacct print it: "00:10:00".
std::string long_duration_text(std::int64_t seconds);
/// "2026-11-22T05:29:20" on this host's clocks, and `unknown` for 0.
std::string moment_text(std::int64_t seconds, std::string_view unknown);
/// "1G", "100M": MiB as Slurm writes them.
std::string memory_text(std::uint64_t mib);

}  // namespace orrery::slurm
