#include "sim/traces/trace_run.hpp"

#include <chrono>
#include <string>

#include "sim/traces/play/player.hpp"
#include "storage/chain.hpp"

namespace orrery {
namespace {

void append_number(std::string& bytes, std::int64_t number) {
  for (int byte = 0; byte < 8; ++byte)
    bytes.push_back(static_cast<char>(static_cast<std::uint64_t>(number) >> (8 * byte)));
}

/// Start and end of every job, eight bytes each, the least significant first.
std::string hash_of(const std::vector<TracedJob>& jobs) {
  std::string bytes;
  bytes.reserve(jobs.size() * 16);
  for (const auto& job : jobs) {
    append_number(bytes, job.start_ms);
    append_number(bytes, job.end_ms);
  }
  return to_hex(ChainHasher()(bytes));
}

}  // namespace

TraceResult run_trace(const Trace& trace, const TraceRunSettings& settings) {
  const auto began = std::chrono::steady_clock::now();
  auto result = play::Player(trace, settings).run();
  result.trace = trace.name;
  result.policy = name_of(settings.policy);
  result.node_count = settings.cluster.node_count();
  result.gpus_per_node = settings.cluster.gpus_per_node();
  result.gpu_count = settings.cluster.gpu_count();
  result.seed = settings.seed;
  result.hash = hash_of(result.jobs);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - began;
  result.elapsed_s = elapsed.count();
  return result;
}

}  // namespace orrery
