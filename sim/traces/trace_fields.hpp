#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/traces/read_trace.hpp"

namespace orrery {

/// One value of a line, with the name of its column for whoever has to be told about it.
struct TraceField {
  std::string_view column;
  std::string_view text;
};

/// Reads the fields of one line. The first that is wrong gives the line its reason; what is read
/// after it doesn't matter.
class TraceFields {
 public:
  /// Empty: none so far.
  const std::string& problem() const { return problem_; }
  bool is_good() const { return problem_.empty(); }
  /// Refuses the line for another reason, unless it is refused already.
  void refuse(std::string reason);

  /// A whole number from 0; 3.0 is one.
  std::uint32_t count(const TraceField& field, std::uint32_t count_max = trace_gpu_count_max);
  /// Seconds from 0, perhaps with decimals.
  std::int64_t seconds_as_ms(const TraceField& field);
  /// `YYYY-MM-DD HH:MM:SS`, perhaps with decimals or a T in the middle, since 1970. Traces don't
  /// say where their clock hung, and only differences count: it is read as UTC.
  std::int64_t time_as_ms(const TraceField& field);

 private:
  std::string problem_;
};

/// Nothing, "None", "null", "nan", or -1: how traces write what they don't know.
bool is_unknown(std::string_view text);
/// Without blanks around.
std::string_view trimmed(std::string_view text);
/// As it may be shown to a person: short, and without what would move a terminal's cursor.
std::string quoted(std::string_view text);

}  // namespace orrery
