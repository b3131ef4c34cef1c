#include "cli/cluster_progress.hpp"

#include <fmt/format.h>

namespace orrery {
namespace {

/// "412,000".
std::string grouped(std::uint64_t number) {
  auto digits = std::to_string(number);
  for (auto place = static_cast<std::ptrdiff_t>(digits.size()) - 3; place > 0; place -= 3)
    digits.insert(static_cast<std::size_t>(place), ",");
  return digits;
}

std::uint64_t count_of(const boost::json::object& cluster, std::string_view part,
                       std::string_view key) {
  return cluster.at(part).at(key).to_number<std::uint64_t>();
}

}  // namespace

ClusterProgress ClusterProgress::of(const boost::json::object& cluster) {
  const auto node_count = cluster.at("node_count").to_number<std::uint64_t>();
  const auto gpus_per_node = cluster.at("gpus_per_node").to_number<std::uint64_t>();
  return {count_of(cluster, "nodes", "registered") + count_of(cluster, "gpus", "registered"),
          node_count * (1 + gpus_per_node), cluster.at("complete").as_bool()};
}

std::string progress_line(const std::string& name, const ClusterProgress& now,
                          const ClusterProgress& at_first, std::chrono::duration<double> since) {
  const auto left = now.wanted > now.registered ? now.wanted - now.registered : 0;
  auto line = fmt::format("{}: {} of {} nodes and GPUs", name, grouped(now.registered),
                          grouped(now.wanted));
  const double rate =
      since.count() > 0 ? static_cast<double>(now.registered - at_first.registered) / since.count()
                        : 0;
  if (rate < 1 || left == 0) return line;
  return line + fmt::format(", {}/s, {:.0f} s left", grouped(static_cast<std::uint64_t>(rate)),
                            static_cast<double>(left) / rate);
}

}  // namespace orrery
