#include <algorithm>

#include <fmt/format.h>

#include "http/aicenter/sbatch/values.hpp"
#include "http/aicenter/sbatch/words.hpp"

namespace orrery::sbatch {

namespace {

/// "3", "0-15", "0-15:4" as numbers behind `ids`; false where it is none, or too many.
bool add_range(std::string_view text, std::vector<std::uint32_t>& ids) {
  const auto dash = text.find('-');
  const auto colon = text.find(':');
  std::uint32_t step = 1;
  if (colon != std::string_view::npos) {
    const auto parsed = parse_number<std::uint32_t>(text.substr(colon + 1));
    if (!parsed || *parsed == 0 || dash == std::string_view::npos) return false;
    step = *parsed;
    text = text.substr(0, colon);
  }
  const auto first = parse_number<std::uint32_t>(text.substr(0, dash));
  const auto last =
      dash == std::string_view::npos ? first : parse_number<std::uint32_t>(text.substr(dash + 1));
  if (!first || !last || *last < *first || *last > array_task_id_max) return false;
  if ((*last - *first) / step + 1 + ids.size() > array_task_count_max) return false;
  for (auto id = *first; id <= *last; id += step) ids.push_back(id);
  return true;
}

/// A run of ids that is written as one, such as "0-12:4".
std::string run_text(std::uint32_t first, std::uint32_t last, std::uint32_t step) {
  if (first == last) return fmt::format("{}", first);
  if (step == 1) return fmt::format("{}-{}", first, last);
  return fmt::format("{}-{}:{}", first, last, step);
}

}  // namespace

std::optional<ArrayRequest> parse_array(std::string_view text) {
  ArrayRequest array;
  if (const auto percent = text.find('%'); percent != std::string_view::npos) {
    const auto limit = parse_number<std::uint32_t>(text.substr(percent + 1));
    if (!limit) return std::nullopt;
    array.running_max = *limit;
    text = text.substr(0, percent);
  }
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  for (const auto part : split(text, ','))
    if (!add_range(part, array.task_ids)) return std::nullopt;
  auto& ids = array.task_ids;
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return array;
}

std::string array_text(const std::vector<std::uint32_t>& ids, std::uint32_t running_max) {
  std::string text;
  const auto append = [&](const std::string& run) {
    if (!text.empty()) text += ',';
    text += run;
  };
  const auto step = ids.size() > 2 ? ids[1] - ids[0] : 1;
  bool is_even = ids.size() > 2 && step > 1;
  for (std::size_t i = 1; i < ids.size(); ++i) is_even &= ids[i] - ids[i - 1] == step;
  if (is_even) {
    append(run_text(ids.front(), ids.back(), step));
  } else {
    for (std::size_t i = 0; i < ids.size();) {
      auto end = i + 1;
      while (end < ids.size() && ids[end] == ids[end - 1] + 1) ++end;
      append(run_text(ids[i], ids[end - 1], 1));
      i = end;
    }
  }
  if (running_max > 0) text += fmt::format("%{}", running_max);
  return text;
}

}  // namespace orrery::sbatch
