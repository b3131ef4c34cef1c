#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/runtime/tailer.hpp"

namespace orrery {

/// Drives the operations on VMs to their end, one step at a time, and gives VMs their addresses.
/// Pure: it folds operations, VMs and what VMs hold of others into one small record a VM, and what
/// a VM is owed next is a function of that record alone (`owed_step` in vm_step.hpp, which reads as
/// a table). So a crash between any two steps needs no care: the record is folded from the log
/// again, and the same step is owed again.
///
/// VMs that are finished (deleted, or failed with every operation ended) are forgotten.
class VmProcess {
 public:
  using Owed = OwedCommand;
  static constexpr std::string_view name = "process/vm.2";
  /// Who its commands are from.
  static constexpr std::string_view origin_name = "process/vm";

  VmProcess();
  ~VmProcess();
  VmProcess(VmProcess&&) noexcept;
  VmProcess& operator=(VmProcess&&) noexcept;

  void apply(const RecordedEvent& event);
  std::vector<OwedCommand> due();
  std::vector<OwedCommand> resume();
  void refused(const RefusedCommand& command);
  void save(std::string& out) const;
  void load(std::string_view bytes);

  /// VMs that it still remembers.
  std::size_t vm_count() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

static_assert(CommandingTailer<VmProcess>);

}  // namespace orrery
