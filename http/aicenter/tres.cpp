#include "http/aicenter/tres.hpp"

#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace orrery::aicenter {
namespace {

struct Known {
  std::uint32_t id;
  std::string_view type;
  std::string_view name;
};
constexpr std::array known{
    Known{1, "cpu", ""},        Known{2, "mem", ""},     Known{3, "energy", ""},
    Known{4, "node", ""},       Known{5, "billing", ""}, Known{6, "fs", "disk"},
    Known{7, "vmem", ""},       Known{8, "pages", ""},   Known{1000, "dynamic_offset", ""},
    Known{1001, "gres", "gpu"},
};

/// In the order in which Slurm names them.
std::array<std::pair<std::uint32_t, std::uint64_t>, 5> counts_of(const Tres& tres) {
  return {{{1, tres.cpus},
           {2, tres.memory_mib},
           {4, tres.nodes},
           {5, tres.billing},
           {1001, tres.gpus}}};
}

}  // namespace

std::string memory_text(std::uint64_t mib) {
  std::string_view units = "MGTP";
  while (units.size() > 1 && mib != 0 && mib % 1024 == 0) {
    mib /= 1024;
    units.remove_prefix(1);
  }
  return fmt::format("{}{}", mib, units.front());
}

std::string tres_text(const Tres& tres) {
  std::string text;
  const auto add = [&](std::string_view name, const std::string& count) {
    text += fmt::format("{}{}={}", text.empty() ? "" : ",", name, count);
  };
  if (tres.cpus != 0) add("cpu", std::to_string(tres.cpus));
  if (tres.memory_mib != 0) add("mem", memory_text(tres.memory_mib));
  if (tres.nodes != 0) add("node", std::to_string(tres.nodes));
  if (tres.billing != 0) add("billing", std::to_string(tres.billing));
  if (tres.gpus != 0) add("gres/gpu", std::to_string(tres.gpus));
  return text;
}

boost::json::object tres_json(std::uint32_t id, boost::json::value count) {
  boost::json::object object;
  for (const auto& each : known)
    if (each.id == id) {
      object["type"] = each.type;
      object["name"] =
          each.name.empty() ? boost::json::value(nullptr) : boost::json::value(each.name);
    }
  object["id"] = id;
  object["count"] = std::move(count);
  return object;
}

boost::json::array tres_json(const Tres& tres) {
  boost::json::array array;
  for (const auto& [id, count] : counts_of(tres))
    if (count != 0) array.push_back(tres_json(id, count));
  return array;
}

boost::json::array known_tres() {
  boost::json::array array;
  for (const auto& each : known) array.push_back(tres_json(each.id, 0));
  return array;
}

std::string index_ranges(const std::vector<std::uint32_t>& indices) {
  if (indices.empty()) return "N/A";
  std::string text;
  for (std::size_t i = 0; i < indices.size();) {
    auto last = i;
    while (last + 1 < indices.size() && indices[last + 1] == indices[last] + 1) ++last;
    text += fmt::format("{}{}", text.empty() ? "" : ",", indices[i]);
    if (last > i) text += fmt::format("-{}", indices[last]);
    i = last + 1;
  }
  return text;
}

}  // namespace orrery::aicenter
