#include "sim/clusters/fault_plan.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "events/folds/simulated_nodes.hpp"
#include "sim/step_delay.hpp"

namespace orrery {
namespace {

using std::chrono::microseconds;

/// Faults are drawn window by window, so any moment can be asked for without those before it.
constexpr microseconds window = std::chrono::minutes(1);
/// A day. Whoever asks for more at once gets the last of them: a clock that jumps a year doesn't
/// break every machine ten times.
constexpr std::int64_t windows_max = 1'440;
/// In one window, of one kind: far beyond any cluster, and a limit to what a rate can cause.
constexpr std::size_t faults_of_window_max = 10'000;

struct Xid {
  std::uint32_t code;
  std::string_view text;
};
/// Of NVIDIA's list, those that take a GPU out of service.
constexpr std::array<Xid, 12> xids{{{31, "GPU memory page fault"},
                                    {48, "double bit ECC error"},
                                    {62, "internal micro-controller halt"},
                                    {63, "row remapping event"},
                                    {64, "row remapping failure"},
                                    {74, "NVLink error"},
                                    {79, "GPU has fallen off the bus"},
                                    {94, "contained ECC error"},
                                    {95, "uncontained ECC error"},
                                    {109, "context switch timeout"},
                                    {119, "GSP RPC timeout"},
                                    {120, "GSP error"}}};
constexpr std::array<std::uint32_t, 4> xids_of_rate{79, 74, 119, 62};
constexpr std::array<std::uint32_t, 5> xids_of_memory{48, 63, 64, 94, 95};

/// One kind of fault at its rate.
struct Source {
  FaultKind kind;
  std::uint32_t per_million_hours;
  /// GPUs or nodes.
  std::uint64_t thing_count;
  StepDelay span;
};

class Drawing {
 public:
  Drawing(std::string_view cluster, std::uint64_t seed, FaultKind kind, std::int64_t window_number)
      : cluster_(cluster),
        seed_(seed),
        prefix_(fmt::format("{}/{}/", static_cast<unsigned>(kind), window_number)) {}

  std::uint64_t number(std::size_t index, std::string_view what) const {
    return drawn_number(seed_, cluster_, fmt::format("{}{}/{}", prefix_, index, what));
  }
  /// In (0, 1].
  double chance(std::size_t index, std::string_view what) const {
    return static_cast<double>((number(index, what) >> 11) + 1) * 0x1.0p-53;
  }
  microseconds span(std::size_t index, const StepDelay& delay) const {
    return draw(delay, seed_, cluster_, fmt::format("{}{}/span", prefix_, index));
  }

 private:
  std::string_view cluster_;
  std::uint64_t seed_;
  std::string prefix_;
};

std::uint32_t code_of(FaultKind kind, std::uint64_t drawn) {
  if (kind == FaultKind::ecc) return xids_of_memory[drawn % xids_of_memory.size()];
  return xids_of_rate[drawn % xids_of_rate.size()];
}

/// The gaps of a Poisson process are exponential, and it forgets: each window begins anew.
void draw_window(std::string_view cluster, const SimulatedClusterRequested& machines,
                 const Source& source, std::int64_t number, std::vector<PlannedFault>& faults) {
  const double hours = std::chrono::duration<double, std::ratio<3600>>(window).count();
  const double expected =
      source.per_million_hours * 1e-6 * static_cast<double>(source.thing_count) * hours;
  if (expected <= 0) return;
  const Drawing drawing(cluster, machines.seed, source.kind, number);
  double at = 0;
  for (std::size_t i = 0; i < faults_of_window_max; ++i) {
    at -= std::log(drawing.chance(i, "gap")) / expected;
    if (at >= 1) return;
    const bool is_of_gpu = source.kind == FaultKind::xid || source.kind == FaultKind::ecc;
    const auto thing = drawing.number(i, "thing") % source.thing_count;
    const auto per_node = is_of_gpu ? machines.gpus_per_node : 1;
    PlannedFault fault;
    fault.at = number * window +
               microseconds(static_cast<std::int64_t>(at * static_cast<double>(window.count())));
    fault.kind = source.kind;
    fault.node_id = simulated_node_id(cluster, static_cast<std::uint32_t>(thing / per_node) + 1);
    fault.gpu_index = is_of_gpu ? static_cast<std::uint32_t>(thing % per_node) : 0;
    fault.reason = is_of_gpu ? xid_text(code_of(source.kind, drawing.number(i, "code"))) : "";
    fault.span = drawing.span(i, source.span);
    faults.push_back(std::move(fault));
  }
}

PlannedFault scripted(const ScriptedFault& fault) {
  const auto code = fault.code != 0 ? fault.code : code_of(fault.kind, 0);
  return {std::chrono::milliseconds(fault.after_ms),
          fault.kind,
          fault.node_id,
          fault.gpu_index,
          fault.kind == FaultKind::xid || fault.kind == FaultKind::ecc ? xid_text(code) : "",
          std::chrono::milliseconds(fault.duration_ms)};
}

std::array<Source, 4> sources_of(const SimulatedClusterRequested& machines,
                                 const FaultRates& rates) {
  using std::chrono::minutes;
  const std::uint64_t node_count = machines.node_count;
  const auto gpu_count = node_count * machines.gpus_per_node;
  return {{{FaultKind::xid, rates.xid_per_million_gpu_hours, gpu_count, {}},
           {FaultKind::ecc, rates.ecc_per_million_gpu_hours, gpu_count, {}},
           {FaultKind::node_loss, rates.node_loss_per_million_node_hours, node_count,
            StepDelay::exponential(minutes(5), minutes(35))},
           {FaultKind::partition, rates.partition_per_million_node_hours, node_count,
            StepDelay::exponential(std::chrono::seconds(10), minutes(3))}}};
}

}  // namespace

std::vector<PlannedFault> planned_faults(std::string_view cluster,
                                         const SimulatedClusterRequested& machines,
                                         const SimulatedFaultsSet& faults, microseconds from,
                                         microseconds to) {
  std::vector<PlannedFault> planned;
  if (to <= from) return planned;
  const auto last = to / window;
  const auto first = std::max(std::max(from, microseconds(0)) / window, last - windows_max);
  for (const auto& source : sources_of(machines, faults.rates)) {
    if (source.per_million_hours == 0) continue;
    for (auto number = first; number <= last; ++number)
      draw_window(cluster, machines, source, number, planned);
  }
  for (const auto& fault : faults.script) planned.push_back(scripted(fault));
  std::erase_if(planned, [&](const auto& fault) { return fault.at <= from || fault.at > to; });
  std::ranges::stable_sort(planned, {}, &PlannedFault::at);
  return planned;
}

std::string xid_text(std::uint32_t code) {
  const auto* found = std::ranges::find(xids, code, &Xid::code);
  if (found == xids.end()) return fmt::format("XID {}", code);
  return fmt::format("XID {}: {}", code, found->text);
}

FaultRates published_fault_rates() {
  FaultRates rates;
  rates.xid_per_million_gpu_hours = 8;
  rates.ecc_per_million_gpu_hours = 4;
  rates.node_loss_per_million_node_hours = 17;
  rates.partition_per_million_node_hours = 16;
  return rates;
}

}  // namespace orrery
