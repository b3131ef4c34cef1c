#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

namespace orrery::slurm {

/// One field of sacct's and sacctmgr's --format.
template <class Record>
struct RecordField {
  /// In lower case.
  std::string_view name;
  std::string_view title;
  int width = 0;
  std::string (*text)(const Record& record);
};

/// How accounting's commands print.
struct TableForm {
  bool no_header = false;
  /// With '|' between the fields, also after the last of them (-p), or not (-P).
  bool is_parsable = false;
  bool ends_with_bar = false;
};

/// Chosen fields, a width below 0 for text at the left. The lines are as many texts each.
struct Table {
  std::vector<std::string> titles;
  std::vector<int> widths;
  std::vector<std::vector<std::string>> lines;

  std::string text(const TableForm& form) const;
};

/// "Name%20" → name, width.
struct WantedField {
  std::string name;
  std::optional<int> width;
};
std::vector<WantedField> wanted_fields(std::string_view format);

/// The table of the fields that `format` names; nothing where it names one that there isn't, which
/// `unknown` tells.
template <class Record>
std::optional<Table> table_of(std::span<const RecordField<Record>> fields, std::string_view format,
                              const std::vector<Record>& records, std::string& unknown) {
  Table table;
  std::vector<const RecordField<Record>*> chosen;
  for (const auto& wanted : wanted_fields(format)) {
    const RecordField<Record>* found = nullptr;
    for (const auto& field : fields)
      // The beginning of a name will do, as in Slurm.
      if (found == nullptr && field.name.starts_with(wanted.name)) found = &field;
    for (const auto& field : fields)
      if (field.name == wanted.name) found = &field;
    if (found == nullptr) {
      unknown = wanted.name;
      return std::nullopt;
    }
    chosen.push_back(found);
    table.titles.emplace_back(found->title);
    table.widths.push_back(wanted.width.value_or(found->width));
  }
  for (const auto& record : records) {
    auto& line = table.lines.emplace_back();
    for (const auto* field : chosen) line.push_back(field->text(record));
  }
  return table;
}

}  // namespace orrery::slurm
