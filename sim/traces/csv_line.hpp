#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <csv.h>

namespace orrery {

/// Splits lines of CSV (RFC 4180) into fields, with libcsv. Every line is for itself: a quote that
/// isn't closed spoils its own line and not the rest of the file.
class CsvLine {
 public:
  CsvLine();
  ~CsvLine();
  CsvLine(const CsvLine&) = delete;
  CsvLine& operator=(const CsvLine&) = delete;

  /// False: the line is no CSV, and there are no fields. Fields are valid until the next split.
  bool split(std::string_view line);
  std::size_t field_count() const { return field_count_; }
  std::string_view field(std::size_t index) const { return fields_[index]; }

 private:
  static void add_field(void* text, std::size_t size, void* self);

  csv_parser parser_{};
  /// Kept from line to line, with their memory; the first `field_count_` hold.
  std::vector<std::string> fields_;
  std::size_t field_count_ = 0;
};

}  // namespace orrery
