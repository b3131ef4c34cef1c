#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "sim/traces/csv_line.hpp"
#include "sim/traces/trace_draft.hpp"
#include "sim/traces/trace_fields.hpp"

namespace orrery {

/// One line of a CSV file below its header. Valid while it is read.
class CsvRow {
 public:
  CsvRow(std::uint32_t line, const CsvLine& fields, std::span<const std::string_view> columns,
         std::span<const std::size_t> places)
      : line_(line), fields_(&fields), columns_(columns), places_(places) {}

  std::uint32_t line() const { return line_; }
  /// By the place of its column in the list that the reader gave, wherever it stands in the file.
  TraceField operator[](std::size_t column) const {
    return {columns_[column], fields_->field(places_[column])};
  }

 private:
  std::uint32_t line_;
  const CsvLine* fields_;
  std::span<const std::string_view> columns_;
  std::span<const std::size_t> places_;
};

using ReadCsvRow = std::function<void(const CsvRow&, TraceFields&)>;

/// Calls `read` for each line below the header, which must have all of the columns, in any order
/// and among others. A line that doesn't split, has more or fewer fields than the header, or that
/// `read` refuses, is a bad one. Blank lines are none.
void read_csv_table(std::string_view text, std::span<const std::string_view> columns,
                    TraceDraft& draft, const ReadCsvRow& read);

/// Whether a header line has all of these columns.
bool has_csv_columns(std::string_view header, std::span<const std::string_view> columns);

}  // namespace orrery
