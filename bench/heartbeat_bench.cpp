// A thousand nodes that speak once a second each, a minute's worth: what share of a core the watch
// takes for that, its looks at the table included. HTTP is another bench's.
#include <ctime>

#include <fmt/format.h>

#include "bench/bench_report.hpp"
#include "drivers/owner/heartbeat_watch.hpp"
#include "sim/virtual_clock.hpp"

using namespace orrery;

namespace {

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

}  // namespace

int main(int argc, char** argv) {
  const bool tiny = wants_tiny(argc, argv);
  const int node_count = tiny ? 50 : 1'000;
  const int second_count = tiny ? 5 : 60;
  VirtualClock clock;
  std::uint64_t reports = 0;
  HeartbeatWatch watch(clock, {std::chrono::seconds(90), std::chrono::hours(1)},
                       [&](const std::string&, bool) { ++reports; });
  std::vector<std::string> nodes;
  for (int i = 0; i < node_count; ++i) nodes.push_back(fmt::format("shared-{}", i + 1));
  for (const auto& node : nodes) watch.expect(node);
  const auto before = cpu_seconds();
  for (int second = 0; second < second_count; ++second) {
    for (const auto& node : nodes) watch.beat(node, {{50, 1'024, 24'576, 61}});
    clock.advance(std::chrono::seconds(1));
    watch.look();
  }
  const auto used = cpu_seconds() - before;
  const auto percent = used / second_count * 100;
  const auto beat_ns = used / second_count / node_count * 1e9;
  fmt::print(R"({{"bench":"heartbeats","unit":"percent of a core","measured":{:.4f},)"
             R"("node_count":{},"beat_ns":{:.0f},"reports":{}}})"
             "\n",
             percent, node_count, beat_ns, reports);
}
