#include "sim/traces/trace_cluster.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>

#include <fmt/format.h>
#include <boost/algorithm/string/split.hpp>

namespace orrery {
namespace {

constexpr std::uint32_t mib_per_gib = 1'024;

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> words;
  boost::split(words, text, [separator](char c) { return c == separator; });
  return words;
}

/// A whole number within the bounds.
std::optional<std::uint32_t> number_of(const std::string& text, std::uint32_t min,
                                       std::uint32_t max) {
  std::uint32_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || rest != end || number < min || number > max) return std::nullopt;
  return number;
}

/// "100x8", "100x8x64" or "100x8x64x512".
std::optional<TraceNodes> kind_of(std::string_view text) {
  constexpr std::array<std::uint32_t, 4> min{1, 0, 0, 0};
  constexpr std::array<std::uint32_t, 4> max{TraceCluster::node_count_max,
                                             TraceCluster::gpus_per_node_max, 65'536, 65'536};
  std::array<std::uint32_t, 4> numbers{};
  const auto words = split(text, 'x');
  if (words.size() < 2 || words.size() > numbers.size()) return std::nullopt;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto number = number_of(words[i], min[i], max[i]);
    if (!number) return std::nullopt;
    numbers[i] = *number;
  }
  return TraceNodes{{}, numbers[0], numbers[1], numbers[2], numbers[3] * mib_per_gib};
}

/// GPU-milliseconds that the jobs take in all, and the time between the first submission and the
/// last.
struct Load {
  double gpu_ms = 0;
  double span_ms = 0;
};

Load load_of(const Trace& trace) {
  Load load;
  for (const auto& job : trace.jobs) {
    load.gpu_ms += static_cast<double>(job.run_ms) * job.gpu_count * job.gpu_milli / 1'000;
    load.span_ms = std::max(load.span_ms, static_cast<double>(job.submit_ms));
  }
  return load;
}

/// The machines of the trace, within the limits of a cluster.
TraceCluster described_by(const Trace& trace) {
  TraceCluster cluster{trace.nodes};
  auto left = TraceCluster::node_count_max;
  for (auto& kind : cluster.nodes) {
    kind.gpus_per_node = std::min(kind.gpus_per_node, TraceCluster::gpus_per_node_max);
    kind.node_count = std::min(kind.node_count, left);
    left -= kind.node_count;
  }
  return cluster;
}

}  // namespace

std::uint32_t TraceCluster::node_count() const {
  std::uint32_t count = 0;
  for (const auto& kind : nodes) count += kind.node_count;
  return count;
}

std::uint64_t TraceCluster::gpu_count() const {
  std::uint64_t count = 0;
  for (const auto& kind : nodes) count += std::uint64_t{kind.node_count} * kind.gpus_per_node;
  return count;
}

std::uint32_t TraceCluster::gpus_per_node() const {
  std::uint32_t count = 0;
  for (const auto& kind : nodes) count = std::max(count, kind.gpus_per_node);
  return count;
}

boost::system::result<TraceCluster, std::string> parse_trace_cluster(std::string_view text) {
  TraceCluster cluster;
  std::uint64_t node_count = 0;
  for (const auto& word : split(text, '+')) {
    const auto kind = kind_of(word);
    if (!kind)
      return fmt::format(
          "\"{}\" is no cluster: say NODESxGPUS such as 100x8, with at most {} GPUs a node, and "
          "after it xCPUS and xMEMORY_GIB of a node where they count; several kinds with + "
          "between them",
          text, TraceCluster::gpus_per_node_max);
    node_count += kind->node_count;
    cluster.nodes.push_back(*kind);
  }
  if (node_count > TraceCluster::node_count_max)
    return fmt::format("\"{}\" has more than {} nodes", text, TraceCluster::node_count_max);
  return cluster;
}

std::string name_of(const TraceCluster& cluster) {
  std::string name;
  for (const auto& kind : cluster.nodes) {
    if (!name.empty()) name += '+';
    name += fmt::format("{}x{}", kind.node_count, kind.gpus_per_node);
    if (kind.cpus_per_node == 0 && kind.memory_mib_per_node == 0) continue;
    name += fmt::format("x{}", kind.cpus_per_node);
    if (kind.memory_mib_per_node != 0)
      name += fmt::format("x{}", kind.memory_mib_per_node / mib_per_gib);
  }
  return name;
}

TraceCluster fitting_cluster(const Trace& trace, std::uint32_t gpus_per_node,
                             std::uint32_t load_percent) {
  if (!trace.nodes.empty()) return described_by(trace);
  std::uint64_t largest = 1;
  for (const auto& job : trace.jobs) largest = std::max<std::uint64_t>(largest, job.gpu_count);
  const auto load = load_of(trace);
  const auto busy_gpus = load.span_ms > 0 ? load.gpu_ms / load.span_ms * 100 / load_percent : 0;
  const auto gpu_count = std::max(static_cast<double>(largest), busy_gpus);
  const auto node_count =
      std::min(gpu_count / gpus_per_node, static_cast<double>(TraceCluster::node_count_max));
  const auto whole = static_cast<std::uint32_t>(node_count);
  return {{{{}, whole < node_count ? whole + 1 : whole, gpus_per_node, 0, 0}}};
}

}  // namespace orrery
