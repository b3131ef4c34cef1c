#include "http/recipes/resource_fields.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include <boost/algorithm/string/case_conv.hpp>

namespace orrery {
namespace {

using Count = std::uint32_t RecipeResources::*;

constexpr std::uint32_t nodes_max = 1'024;
constexpr std::uint32_t cpus_max = 65'536;
constexpr std::uint32_t gpus_max = 1'024;
/// 64 TiB.
constexpr std::uint64_t memory_mib_max = std::uint64_t{64} << 20;
/// Ten years.
constexpr std::uint64_t time_limit_min_max = 10 * 366 * 24 * 60;
constexpr std::size_t gpu_model_size_max = 64;

std::optional<std::uint64_t> parse_count(std::string_view text) {
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return count;
}

template <Count member, std::uint32_t min, std::uint32_t max>
bool set_count(RecipeResources& resources, std::string_view text) {
  const auto count = parse_count(text);
  if (!count || *count < min || *count > max) return false;
  resources.*member = static_cast<std::uint32_t>(*count);
  return true;
}

/// An empty text is what null is: none.
template <Count member>
bool set_gpus(RecipeResources& resources, std::string_view text) {
  if (!text.empty()) return set_count<member, 0, gpus_max>(resources, text);
  resources.*member = 0;
  return true;
}

bool set_memory(RecipeResources& resources, std::string_view text) {
  const auto mib = parse_memory_mib(text);
  if (mib) resources.memory_mib = *mib;
  return mib.has_value();
}

bool set_time_limit(RecipeResources& resources, std::string_view text) {
  const auto minutes = parse_time_limit_min(text);
  if (minutes) resources.time_limit_min = *minutes;
  return minutes.has_value();
}

bool set_gpu_model(RecipeResources& resources, std::string_view text) {
  constexpr std::string_view others = " ._-";
  const auto fits = [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           others.find(c) != std::string_view::npos;
  };
  if (text.size() > gpu_model_size_max || !std::ranges::all_of(text, fits)) return false;
  resources.gpu_model = text;
  return true;
}

/// Disks of services are not counted yet.
bool set_storage(RecipeResources&, std::string_view text) {
  return parse_memory_mib(text).has_value();
}

template <Count member>
void clear_count(RecipeResources& resources) {
  resources.*member = RecipeResources{}.*member;
}

/// The shift of a unit: "", "M", "Mi", "MB" and "MiB" are 2^20 bytes. `unit` is in capitals.
std::optional<unsigned> shift_of(std::string_view unit) {
  if (unit.empty()) return 20;
  constexpr std::string_view letters = "KMGTP";
  const auto power = letters.find(unit.front());
  constexpr std::array<std::string_view, 4> endings{"", "I", "B", "IB"};
  if (power == std::string_view::npos ||
      std::ranges::find(endings, unit.substr(1)) == endings.end())
    return std::nullopt;
  return static_cast<unsigned>(10 * (power + 1));
}

}  // namespace

const std::vector<ResourceField>& resource_fields() {
  using R = RecipeResources;
  static const std::vector<ResourceField> table{
      {"nodes", "must be a whole number from 1 to 1024", "int_parsing",
       set_count<&R::node_count, 1, nodes_max>, clear_count<&R::node_count>},
      {"cpu", "must be a whole number from 0 to 65536", "int_parsing",
       set_count<&R::cpu_count, 0, cpus_max>, clear_count<&R::cpu_count>},
      {"memory", "must be an amount such as \"32G\" or \"512Mi\", up to 64T", "value_error",
       set_memory, clear_count<&R::memory_mib>},
      {"gpu", "must be a whole number from 0 to 1024, or null", "int_parsing",
       set_gpus<&R::gpu_count>, clear_count<&R::gpu_count>},
      {"gpu_per_replica", "must be a whole number from 0 to 1024, or null", "int_parsing",
       set_gpus<&R::gpu_per_replica>, clear_count<&R::gpu_per_replica>},
      {"gpu_model", "must be the name of a model, such as \"A100-40GB\"", "value_error",
       set_gpu_model, [](R& resources) { resources.gpu_model.clear(); }},
      {"time_limit", "must be minutes, \"MM:SS\" or \"HH:MM:SS\", up to ten years", "value_error",
       set_time_limit, clear_count<&R::time_limit_min>},
      {"storage", "must be an amount such as \"100Gi\"", "value_error", set_storage, [](R&) {}},
  };
  return table;
}

const ResourceField* find_resource_field(std::string_view key) {
  const auto& fields = resource_fields();
  const auto found = std::ranges::find(fields, key, &ResourceField::key);
  return found == fields.end() ? nullptr : &*found;
}

std::optional<std::uint32_t> parse_memory_mib(std::string_view text) {
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto amount = parse_count(text.substr(0, digits));
  auto unit = std::string(text.substr(digits));
  if (unit.starts_with(' ')) unit.erase(0, 1);
  const auto shift = shift_of(boost::algorithm::to_upper_copy(unit));
  if (!amount || !shift) return std::nullopt;
  constexpr unsigned mib_shift = 20;
  if (*shift < mib_shift) {
    const auto step = std::uint64_t{1} << (mib_shift - *shift);
    const auto mib = *amount / step + (*amount % step == 0 ? 0 : 1);
    return mib > memory_mib_max ? std::nullopt : std::optional(static_cast<std::uint32_t>(mib));
  }
  if (*amount > memory_mib_max >> (*shift - mib_shift)) return std::nullopt;
  return static_cast<std::uint32_t>(*amount << (*shift - mib_shift));
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  const auto port = parse_count(text);
  if (!port || *port == 0 || *port > std::numeric_limits<std::uint16_t>::max()) return std::nullopt;
  return static_cast<std::uint16_t>(*port);
}

std::optional<std::uint32_t> parse_time_limit_min(std::string_view text) {
  std::vector<std::uint64_t> parts;
  for (auto rest = text;;) {
    const auto colon = rest.find(':');
    const auto part = parse_count(rest.substr(0, colon));
    if (!part || *part > time_limit_min_max || parts.size() == 3) return std::nullopt;
    parts.push_back(*part);
    if (colon == std::string_view::npos) break;
    rest.remove_prefix(colon + 1);
  }
  std::uint64_t minutes = parts.front();
  if (parts.size() == 3) minutes = minutes * 60 + parts[1];
  if (parts.size() > 1) minutes += parts.back() / 60 + (parts.back() % 60 == 0 ? 0 : 1);
  if (minutes > time_limit_min_max) return std::nullopt;
  return static_cast<std::uint32_t>(minutes);
}

}  // namespace orrery
