#include "sim/traces/csv_table.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "sim/traces/text_lines.hpp"

namespace orrery {
namespace {

std::optional<std::size_t> place_of(std::string_view column, const CsvLine& header) {
  for (std::size_t i = 0; i < header.field_count(); ++i)
    if (trimmed(header.field(i)) == column) return i;
  return std::nullopt;
}

/// Where the columns stand; the name of the first that is missing goes to `missing`.
std::vector<std::size_t> places_of(std::span<const std::string_view> columns, const CsvLine& header,
                                   std::string_view& missing) {
  std::vector<std::size_t> places;
  for (const auto column : columns) {
    const auto place = place_of(column, header);
    if (place) places.push_back(*place);
    if (!place && missing.empty()) missing = column;
  }
  return places;
}

std::optional<TextLine> next_written(TextLines& lines) {
  auto line = lines.next();
  while (line && trimmed(line->text).empty()) line = lines.next();
  return line;
}

}  // namespace

void read_csv_table(std::string_view text, std::span<const std::string_view> columns,
                    TraceDraft& draft, const ReadCsvRow& read) {
  TextLines lines(text);
  const auto first = next_written(lines);
  if (!first) return draft.refuse(1, "the file is empty");
  CsvLine fields;
  if (!fields.split(first->text)) return draft.refuse(first->number, "the header is no CSV");
  std::string_view missing;
  const auto places = places_of(columns, fields, missing);
  if (!missing.empty())
    return draft.refuse(
        first->number,
        fmt::format("the header has no column {}, so no line below it can be read", missing));
  const auto column_count = fields.field_count();
  for (auto line = next_written(lines); line && !draft.is_hopeless(); line = next_written(lines)) {
    TraceFields values;
    if (!fields.split(line->text))
      values.refuse("a quote is not closed, or stands inside of a field");
    else if (fields.field_count() != column_count)
      values.refuse(fmt::format("the line has {} fields and the header {}", fields.field_count(),
                                column_count));
    else
      read(CsvRow(line->number, fields, columns, places), values);
    if (!values.is_good()) draft.refuse(line->number, values.problem());
  }
}

bool has_csv_columns(std::string_view header, std::span<const std::string_view> columns) {
  CsvLine fields;
  return fields.split(header) && std::all_of(columns.begin(), columns.end(), [&](auto column) {
           return place_of(column, fields).has_value();
         });
}

}  // namespace orrery
