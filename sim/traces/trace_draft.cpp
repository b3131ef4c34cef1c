#include "sim/traces/trace_draft.hpp"

#include <algorithm>
#include <utility>

#include "sim/traces/read_trace.hpp"

namespace orrery {
namespace {

bool is_alike(const TraceNodes& a, const TraceNodes& b) {
  return a.gpu_model == b.gpu_model && a.gpus_per_node == b.gpus_per_node &&
         a.cpus_per_node == b.cpus_per_node && a.memory_mib_per_node == b.memory_mib_per_node;
}

}  // namespace

void TraceDraft::add(const TraceNodes& nodes) {
  auto& all = trace_.nodes;
  const auto same = std::find_if(all.begin(), all.end(),
                                 [&](const TraceNodes& other) { return is_alike(nodes, other); });
  if (same == all.end())
    all.push_back(nodes);
  else
    same->node_count += nodes.node_count;
}

void TraceDraft::refuse(std::uint32_t line, std::string reason) {
  trace_.bad_lines.push_back({file_, line, std::move(reason)});
}

std::uint32_t TraceDraft::tenant(std::string_view name) {
  if (name.empty()) name = everybody;
  const auto known = tenants_.find(name);
  if (known != tenants_.end()) return known->second;
  const auto index = static_cast<std::uint32_t>(trace_.tenants.size());
  trace_.tenants.emplace_back(name);
  tenants_.emplace(name, index);
  return index;
}

bool TraceDraft::is_hopeless() const { return trace_.bad_lines.size() >= bad_line_count_max; }

Trace TraceDraft::finished() && {
  auto& jobs = trace_.jobs;
  std::stable_sort(jobs.begin(), jobs.end(),
                   [](const TraceJob& a, const TraceJob& b) { return a.submit_ms < b.submit_ms; });
  const auto first_ms = jobs.empty() ? 0 : jobs.front().submit_ms;
  for (auto& job : jobs) job.submit_ms -= first_ms;
  trace_.name = file_;
  return std::move(trace_);
}

}  // namespace orrery
