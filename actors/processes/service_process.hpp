#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/runtime/tailer.hpp"

namespace orrery {

/// Drives services from the request to their end, one step at a time: it gets each its lease, hands
/// it to the driver of its node, ends it when its time is over, a GPU of it breaks, its node is
/// lost or its group is cancelled, and gives the lease back. It makes the replicas of a group, each
/// a service of its own, whose leases are a gang: all or none. Pure.
///
/// What a service is owed next is a function of its record and its group's (`owed_step` in
/// service_record.hpp), so a crash between any two steps needs no care. A service has one lease in
/// its life, for it runs once. Services are forgotten once they have ended and hold nothing; groups
/// once all of their replicas have.
class ServiceProcess {
 public:
  using Owed = OwedCommand;
  static constexpr std::string_view name = "process/service";

  ServiceProcess();
  ~ServiceProcess();
  ServiceProcess(ServiceProcess&&) noexcept;
  ServiceProcess& operator=(ServiceProcess&&) noexcept;

  void apply(const RecordedEvent& event);
  std::vector<OwedCommand> due();
  std::vector<OwedCommand> resume();
  std::vector<OwedCommand> at(Time now);
  void refused(const RefusedCommand& command);
  void save(std::string& out) const;
  void load(std::string_view bytes);

  /// Services and groups that it still remembers.
  std::size_t service_count() const;
  std::size_t group_count() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

static_assert(TimedTailer<ServiceProcess>);

}  // namespace orrery
