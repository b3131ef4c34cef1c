#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "http/aicenter/sbatch/values.hpp"
#include "http/aicenter/sbatch/words.hpp"

namespace orrery::sbatch {

namespace {

constexpr MemoryMib memory_mib_max = std::numeric_limits<std::uint32_t>::max() - 1;

bool is_model(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::all_of(text.begin(), text.end(), [](char letter) {
           return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                  (letter >= '0' && letter <= '9') || letter == '_' || letter == '-' ||
                  letter == '.';
         });
}

std::optional<std::uint32_t> parse_count(std::string_view text) {
  const auto count = parse_number<std::uint32_t>(text);
  return count && *count <= 1'000'000 ? count : std::nullopt;
}

OptionProblem invalid_gres() { return {"Invalid generic resource (gres) specification"}; }

}  // namespace

std::optional<MemoryMib> parse_memory(std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (text.size() > 1 && (text.ends_with('B') || text.ends_with('b'))) text.remove_suffix(1);
  MemoryMib unit_kib = 1'024;
  constexpr std::string_view units = "KMGTP";
  const char last = text.back() >= 'a' ? static_cast<char>(text.back() - 'a' + 'A') : text.back();
  if (const auto unit = units.find(last); unit != std::string_view::npos) {
    unit_kib = MemoryMib{1} << (10 * unit);
    text.remove_suffix(1);
  }
  const auto count = parse_number<std::uint32_t>(text);
  if (!count) return std::nullopt;
  if (unit_kib > 1'024 && *count > memory_mib_max / (unit_kib / 1'024)) return std::nullopt;
  const auto mib = (*count * unit_kib + 1'023) / 1'024;
  if (mib > memory_mib_max) return std::nullopt;
  return mib;
}

std::optional<GpuRequest> parse_gpus(std::string_view text) {
  if (text.starts_with("gres:")) text.remove_prefix(5);
  if (text == "gpu") return GpuRequest{{}, 1};
  if (text.starts_with("gpu:")) text.remove_prefix(4);
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) {
    if (const auto count = parse_count(text)) return GpuRequest{{}, *count};
    if (is_model(text)) return GpuRequest{std::string(text), 1};
    return std::nullopt;
  }
  const auto count = parse_count(text.substr(colon + 1));
  if (!count || !is_model(text.substr(0, colon))) return std::nullopt;
  return GpuRequest{std::string(text.substr(0, colon)), *count};
}

Parsed<GpuRequest> parse_gres(std::string_view text) {
  if (text == "none" || text == "NONE") return GpuRequest{};
  if (text.starts_with("gres:")) text.remove_prefix(5);
  // One list of one model: a job takes its GPUs of each node alike.
  if (text != "gpu" && !text.starts_with("gpu:")) return invalid_gres();
  auto gpus = parse_gpus(text);
  if (!gpus) return invalid_gres();
  return *std::move(gpus);
}

}  // namespace orrery::sbatch
