#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "http/aicenter/sbatch/options.hpp"
#include "http/aicenter/sbatch/words.hpp"

namespace orrery::sbatch {

namespace {

constexpr std::string_view mark = "#SBATCH";
constexpr std::string_view blanks = " \t\r\v\f";

/// The words of a line as sbatch's own little shell splits them: quotes of both kinds, backslashes,
/// and "#" where a word would begin ends the line. Nothing where a quote isn't closed.
std::optional<std::vector<std::string>> words_of(std::string_view line) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < line.size();) {
    if (blanks.find(line[i]) != std::string_view::npos) {
      ++i;
      continue;
    }
    if (line[i] == '#') break;
    std::string word;
    char quote = '\0';
    for (; i < line.size(); ++i) {
      const char letter = line[i];
      if (quote == '\0' && blanks.find(letter) != std::string_view::npos) break;
      if (quote == '\0' && (letter == '"' || letter == '\'')) {
        quote = letter;
      } else if (quote == letter) {
        quote = '\0';
      } else if (letter == '\\' && quote != '\'' && i + 1 < line.size()) {
        word += line[++i];
      } else {
        word += letter;
      }
    }
    if (quote != '\0') return std::nullopt;
    words.push_back(std::move(word));
  }
  return words;
}

bool is_command(std::string_view line) {
  const auto first = line.find_first_not_of(blanks);
  return first != std::string_view::npos && line[first] != '#';
}

}  // namespace

Parsed<SbatchOptions> parse_directives(std::string_view script) {
  SbatchOptions options;
  std::size_t number = 0;
  for (const auto line : split(script, '\n')) {
    ++number;
    if (is_command(line)) break;
    if (!line.starts_with(mark)) continue;
    const auto words = words_of(line.substr(mark.size()));
    if (!words)
      return OptionProblem{fmt::format("Unmatched quote in line {} of the batch script", number)};
    auto parsed = parse_command_line(Tool::sbatch, *words);
    if (!parsed) return parsed.error();
    if (!parsed->operands.empty())
      return OptionProblem{
          fmt::format("Invalid directive found in batch script: {}", parsed->operands.front())};
    override_by(options, parsed->options);
  }
  return options;
}

}  // namespace orrery::sbatch
