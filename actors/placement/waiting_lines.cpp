#include "actors/placement/waiting_lines.hpp"

#include <algorithm>

namespace orrery {

std::uint32_t WaitingLines::at(Fleet& fleet, std::string_view cluster, std::string_view gpu_model,
                               std::uint32_t gpu_count) {
  if (gpu_count == 0) gpu_model = "";
  std::string key;
  key.reserve(cluster.size() + gpu_model.size() + 2);
  key.append(cluster).append(1, '\0').append(1, gpu_count == 0 ? '0' : '1').append(gpu_model);
  const auto next = static_cast<std::uint32_t>(lines_.size());
  const auto [found, is_new] = index_.try_emplace(std::move(key), next);
  if (is_new) {
    auto& line = lines_.emplace_back();
    line.cluster = cluster;
    line.gpu_model = gpu_model;
    line.kind = fleet.kind_of(cluster, gpu_model, gpu_count);
    if (line.kind.cluster >= lines_by_cluster_.size())
      lines_by_cluster_.resize(std::size_t{line.kind.cluster} + 1);
    lines_by_cluster_[line.kind.cluster].push_back(next);
  }
  return found->second;
}

const std::vector<std::uint32_t>& WaitingLines::of_cluster(std::uint32_t cluster) const {
  static const std::vector<std::uint32_t> nobody;
  return cluster < lines_by_cluster_.size() ? lines_by_cluster_[cluster] : nobody;
}

bool WaitingLines::is_empty(std::uint32_t cluster) const {
  const auto& lines = of_cluster(cluster);
  return std::all_of(lines.begin(), lines.end(),
                     [this](std::uint32_t line) { return lines_[line].parties.empty(); });
}

void WaitingLines::clear() {
  for (auto& line : lines_) line.parties.clear();
}

}  // namespace orrery
