#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "actors/runtime/tailer.hpp"
#include "events/archive.hpp"

namespace orrery {

/// Sees to it that GPUs in quarantine come back, and keeps work from machines that break often.
///
/// A GPU of the simulated driver is repaired as soon as no lease is on it: `Gpu::BeginRepair`; what
/// follows is its driver's to report, and one that fails its test is repaired once more. GPUs of
/// other drivers are their operators' to mend: nobody's hands here could.
///
/// Where several GPUs of a node are out of service at once, the node is cordoned, by an owner of
/// its own, until all are back: somebody works inside the machine, and what broke twice will break
/// again. An operator's cordon is his. Who lifts ours overrules it until the next GPU breaks.
class GpuRepairProcess {
 public:
  using Owed = OwedCommand;
  static constexpr std::string_view name = "process/gpu_repair";
  /// In `NodeCordoned::owner`.
  static constexpr std::string_view cordon_owner = "gpu-repair";
  /// So many GPUs out of service cordon their node.
  static constexpr int cordon_gpus_min = 2;

  void apply(const RecordedEvent& recorded);
  std::vector<OwedCommand> due();
  std::vector<OwedCommand> resume();
  void refused(const RefusedCommand&) {}
  void save(std::string& out) const;
  void load(std::string_view bytes);

 private:
  /// A node that has GPUs out of service, or our cordon still.
  struct Machine {
    /// Bit i: GPU i is out of service; those among them which nobody works on yet.
    std::uint32_t out_of_service = 0;
    std::uint32_t quarantined = 0;
    bool is_cordoned = false;
    /// Somebody lifted our cordon.
    bool is_overruled = false;
    Position causation = 0;
    std::string correlation;

    BOOST_DESCRIBE_CLASS(Machine, (),
                         (out_of_service, quarantined, is_cordoned, is_overruled, causation,
                          correlation),
                         (), ())
  };

  void on_node(std::string_view id, const RecordedEvent& recorded);
  void on_gpu(std::string_view id, const RecordedEvent& recorded);
  void note(std::string_view node_id, std::uint32_t gpus);
  void owe_cordon(const std::string& node_id, const Machine& machine,
                  std::vector<OwedCommand>& owed) const;
  void owe_repairs(const std::string& node_id, const Machine& machine, std::uint32_t gpus,
                   std::vector<OwedCommand>& owed) const;

  std::map<std::string, Machine, std::less<>> machines_;
  /// Nodes whose GPUs others mend.
  std::set<std::string, std::less<>> nodes_of_others_;
  /// What `due` looks at: nodes, with GPUs that may be repaired now. Never saved.
  std::map<std::string, std::uint32_t, std::less<>> noted_;
};

static_assert(CommandingTailer<GpuRepairProcess>);

}  // namespace orrery
