#include <algorithm>
#include <cctype>
#include <stdexcept>

#include <fmt/format.h>

#include "http/aicenter/sbatch/option_table.hpp"

namespace orrery::sbatch {

namespace {

using Argument = OptionRow::Argument;

std::string quoted_names(const std::vector<const OptionRow*>& rows) {
  std::string text;
  for (const auto* row : rows) text += fmt::format(" '--{}'", row->name);
  return text;
}

/// Reads words as getopt_long does.
class Reader {
 public:
  Reader(Tool tool, std::span<const std::string> words) : tool_(tool), words_(words) {}

  Parsed<CommandLine> read() {
    while (next_ < words_.size()) {
      const std::string_view word = words_[next_];
      if (word == "--") {
        ++next_;
        break;
      }
      if (word.size() < 2 || word.front() != '-') break;
      ++next_;
      const auto result =
          word.starts_with("--") ? read_long(word.substr(2)) : read_letters(word.substr(1));
      if (!result) return result.error();
    }
    for (; next_ < words_.size(); ++next_) line_.operands.push_back(words_[next_]);
    return std::move(line_);
  }

 private:
  OptionProblem problem(std::string text) const {
    return {fmt::format("{}\nTry \"{} --help\" for more information", text, name_of(tool_))};
  }

  Parsed<const OptionRow*> find(std::string_view name) const {
    std::vector<const OptionRow*> beginnings;
    for (const auto& row : option_rows()) {
      if ((row.tools & tool_bit(tool_)) == 0) continue;
      if (row.name == name) return &row;
      if (row.name.starts_with(name)) beginnings.push_back(&row);
    }
    if (beginnings.empty()) return problem(fmt::format("unrecognized option '--{}'", name));
    if (beginnings.size() > 1)
      return problem(fmt::format("option '--{}' is ambiguous; possibilities:{}", name,
                                 quoted_names(beginnings)));
    return beginnings.front();
  }

  Parsed<void> read_long(std::string_view text) {
    const auto equals = text.find('=');
    const auto name = text.substr(0, equals);
    const bool has_value = equals != std::string_view::npos;
    const auto row = find(name);
    if (!row) {
      if (!has_value || row.error().message.starts_with("option")) return row.error();
      return problem(fmt::format("unrecognized option '--{}'", text));
    }
    if (has_value && (*row)->argument == Argument::none)
      return problem(fmt::format("option '--{}' doesn't allow an argument", (*row)->name));
    if (has_value || (*row)->argument != Argument::required)
      return (*row)->set(line_.options, (*row)->name,
                         has_value ? text.substr(equals + 1) : std::string_view());
    if (next_ >= words_.size())
      return problem(fmt::format("option '--{}' requires an argument", (*row)->name));
    return (*row)->set(line_.options, (*row)->name, words_[next_++]);
  }

  const OptionRow* find(char letter) const {
    for (const auto& row : option_rows())
      if (row.letter == letter && (row.tools & tool_bit(tool_)) != 0) return &row;
    return nullptr;
  }

  /// "Hn4": letters without arguments, and one with what follows it.
  Parsed<void> read_letters(std::string_view letters) {
    while (!letters.empty()) {
      const auto* row = find(letters.front());
      if (!row) return problem(fmt::format("invalid option -- '{}'", letters.front()));
      letters.remove_prefix(1);
      auto value = std::string_view();
      if (row->argument != Argument::none) {
        value = std::exchange(letters, {});
        if (value.empty() && row->argument == Argument::required) {
          if (next_ >= words_.size())
            return problem(fmt::format("option requires an argument -- '{}'", row->letter));
          value = words_[next_++];
        }
      }
      if (auto result = row->set(line_.options, row->name, value); !result) return result.error();
    }
    return {};
  }

  Tool tool_;
  std::span<const std::string> words_;
  std::size_t next_ = 0;
  CommandLine line_;
};

}  // namespace

Parsed<CommandLine> parse_command_line(Tool tool, std::span<const std::string> words) {
  return Reader(tool, words).read();
}

void throw_exception_from_error(const OptionProblem& problem, const boost::source_location&) {
  throw std::logic_error("options that can't be used were used: " + problem.message);
}

}  // namespace orrery::sbatch
