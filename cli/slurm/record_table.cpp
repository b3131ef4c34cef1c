#include "cli/slurm/record_table.hpp"

#include <charconv>
#include <cstdlib>

#include <fmt/format.h>
#include <boost/algorithm/string/case_conv.hpp>

#include "cli/slurm/words.hpp"

namespace orrery::slurm {

namespace {

/// A text that doesn't fit ends with a plus.
std::string cell(const std::string& text, int width) {
  const auto size = static_cast<std::size_t>(std::abs(width));
  const auto cut = text.size() > size ? text.substr(0, size - 1) + "+" : text;
  return width < 0 ? fmt::format("{:<{}} ", cut, size) : fmt::format("{:>{}} ", cut, size);
}

}  // namespace

std::string Table::text(const TableForm& form) const {
  std::string out;
  const auto add = [&](const std::vector<std::string>& line) {
    for (std::size_t i = 0; i < line.size(); ++i) {
      const bool is_last = i + 1 == line.size();
      if (!form.is_parsable)
        out += cell(line[i], widths[i]);
      else
        out += line[i] + (is_last && !form.ends_with_bar ? "" : "|");
    }
    out += '\n';
  };
  if (!form.no_header) {
    add(titles);
    if (!form.is_parsable) {
      std::vector<std::string> rules;
      rules.reserve(widths.size());
      for (const auto width : widths)
        rules.emplace_back(static_cast<std::size_t>(std::abs(width)), '-');
      add(rules);
    }
  }
  for (const auto& line : lines) add(line);
  return out;
}

std::vector<WantedField> wanted_fields(std::string_view format) {
  std::vector<WantedField> fields;
  for (const auto& item : split_list(format)) {
    const auto percent = item.find('%');
    WantedField field{boost::algorithm::to_lower_copy(item.substr(0, percent)), {}};
    int width = 0;
    if (percent != std::string_view::npos &&
        std::from_chars(item.data() + percent + 1, item.data() + item.size(), width).ec ==
            std::errc{} &&
        width != 0)
      field.width = width;
    fields.push_back(std::move(field));
  }
  return fields;
}

}  // namespace orrery::slurm
