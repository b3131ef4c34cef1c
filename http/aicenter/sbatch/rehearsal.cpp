#include "http/aicenter/sbatch/rehearsal.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "http/aicenter/sbatch/words.hpp"

namespace orrery::sbatch {

namespace {

constexpr std::string_view mark = "#ORRERY";
constexpr std::uint32_t usual_run_time_s = 60;
constexpr std::uint32_t run_time_s_max = 30u * 24 * 3'600;
constexpr std::size_t step_count_max = 64;

/// "90", "10m", "2h", "1d" as seconds.
std::optional<std::uint32_t> parse_duration(std::string_view text) {
  std::uint64_t unit = 1;
  if (!text.empty()) {
    constexpr std::string_view letters = "smhd";
    constexpr std::uint64_t seconds[] = {1, 60, 3'600, 86'400};
    if (const auto letter = letters.find(text.back()); letter != std::string_view::npos) {
      unit = seconds[letter];
      text.remove_suffix(1);
    }
  }
  const auto count = parse_number<std::uint32_t>(text);
  if (!count || *count * unit > run_time_s_max) return std::nullopt;
  return static_cast<std::uint32_t>(*count * unit);
}

/// "90%", "0%@30m".
std::optional<JobUtilisationStep> parse_step(std::string_view text) {
  JobUtilisationStep step;
  if (const auto at = text.find('@'); at != std::string_view::npos) {
    const auto after = parse_duration(text.substr(at + 1));
    if (!after) return std::nullopt;
    step.after_s = *after;
    text = text.substr(0, at);
  }
  if (text.ends_with('%')) text.remove_suffix(1);
  const auto percent = parse_number<std::uint32_t>(text);
  if (!percent || *percent > 100) return std::nullopt;
  step.gpu_percent = static_cast<std::uint8_t>(*percent);
  return step;
}

/// False where the word is none of ours.
bool read_word(std::string_view word, JobRehearsal& rehearsal) {
  const auto equals = word.find('=');
  if (equals == std::string_view::npos) return false;
  const auto name = word.substr(0, equals);
  const auto value = word.substr(equals + 1);
  if (name == "--run-time") {
    rehearsal.run_time_s = value == "unlimited" ? std::nullopt : parse_duration(value);
    return value == "unlimited" || rehearsal.run_time_s;
  }
  if (name == "--exit-code") {
    const auto code = parse_number<std::uint32_t>(value);
    rehearsal.exit_code = code.value_or(0);
    return code && *code <= 255;
  }
  if (name != "--utilisation") return false;
  rehearsal.utilisation.clear();
  for (const auto part : split(value, ',')) {
    const auto step = parse_step(part);
    if (!step || rehearsal.utilisation.size() >= step_count_max) return false;
    rehearsal.utilisation.push_back(*step);
  }
  std::stable_sort(rehearsal.utilisation.begin(), rehearsal.utilisation.end(),
                   [](const auto& one, const auto& other) { return one.after_s < other.after_s; });
  return true;
}

}  // namespace

Parsed<JobRehearsal> parse_rehearsal(std::string_view script) {
  JobRehearsal rehearsal;
  rehearsal.run_time_s = usual_run_time_s;
  for (auto line : split(script, '\n')) {
    const auto first = line.find_first_not_of(" \t\r");
    if (first != std::string_view::npos && line[first] != '#') break;
    if (!line.starts_with(mark)) continue;
    line.remove_prefix(mark.size());
    if (line.ends_with('\r')) line.remove_suffix(1);
    for (const auto word : split(line, ' '))
      if (!word.empty() && !read_word(word, rehearsal))
        return OptionProblem{
            fmt::format("Invalid directive found in batch script: #ORRERY {}", word)};
  }
  return rehearsal;
}

}  // namespace orrery::sbatch
