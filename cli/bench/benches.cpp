#include <algorithm>
#include <array>

#include "cli/bench/bench.hpp"

namespace orrery {
namespace {

constexpr std::array all{
    Bench{"log-append", "durable groups of 256 events, beside RocksDB alone", bench_log_append},
    Bench{"log-replay", "the whole log through decode and fold, plain and with every view",
          bench_log_replay},
    Bench{"restart", "from opening the log to views at its head", bench_restart},
    Bench{"spawn", "actors woken, put to rest and woken again", bench_spawn},
    Bench{"placement", "the pure machine, at 10 % and at 90 % full", bench_placement},
    Bench{"lease-lives", "whole lives of leases through the control plane, durable",
          bench_lease_lives},
    Bench{"c2m", "2,000,000 instances onto 6,100 nodes, durable, the rate over time", bench_c2m},
    Bench{"sim-up",
          "a simulated cluster of 100,000 machines of 8 GPUs, durable, with a client beside",
          bench_sim_up},
    Bench{"http-get", "GET of one VM from a whole server", bench_http_get},
    Bench{"http-post", "POST of a VM to a whole server, durable", bench_http_post},
    Bench{"feeds", "50 followers of the event feed over HTTP, none may miss one", bench_feeds},
    Bench{"as-of", "GET of one VM as of long ago, ten million events later", bench_as_of},
    Bench{"history", "why and verify in a log of ten million events", bench_history},
    Bench{"traces", "traces of jobs on 10,000 nodes in virtual time, by policy", bench_traces},
};

}  // namespace

std::span<const Bench> benches() { return all; }

const Bench* find_bench(std::string_view name) {
  const auto* const found = std::ranges::find(all, name, &Bench::name);
  return found == all.end() ? nullptr : found;
}

}  // namespace orrery
