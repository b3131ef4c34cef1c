#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/runtime/tailer.hpp"

namespace orrery {

/// Drives container instances from the order to their end, one step at a time: it makes them, gets
/// them volumes and GPUs, places them, and places them anew where they lose their GPUs; it gives
/// back what one holds that is off or gone, deletes what was made for one that never ran, and makes
/// images of snapshots. Switching off and on, and deleting, is said to the instance itself; the
/// process only follows. Money is the billing process's, but for orders of which no instance comes.
/// Pure.
///
/// It folds orders, instances and what they hold of others into one small record an instance, and
/// what an instance is owed next is a function of that record alone (`owed_step` in
/// instance_step.hpp, which reads as a table). So a crash between any two steps needs no care.
///
/// Instances are forgotten once they are deleted and hold nothing.
class InstanceProcess {
 public:
  using Owed = OwedCommand;
  static constexpr std::string_view name = "process/instance";

  InstanceProcess();
  ~InstanceProcess();
  InstanceProcess(InstanceProcess&&) noexcept;
  InstanceProcess& operator=(InstanceProcess&&) noexcept;

  void apply(const RecordedEvent& event);
  std::vector<OwedCommand> due();
  std::vector<OwedCommand> resume();
  void refused(const RefusedCommand& command);
  void save(std::string& out) const;
  void load(std::string_view bytes);

  /// Instances that it still remembers.
  std::size_t instance_count() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

static_assert(CommandingTailer<InstanceProcess>);

}  // namespace orrery
