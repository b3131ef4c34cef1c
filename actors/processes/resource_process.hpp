#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/runtime/tailer.hpp"

namespace orrery {

/// Drives the operations on disks, networks, subnets and firewall rules, and gives every project
/// its default network (`DefaultNetworks`).
///
/// Each of these operations is one command to one aggregate: accepted, and the operation succeeds;
/// refused, and it fails with the reason. The operations on one aggregate (a network with all its
/// subnets is one) run one after the other, in the order in which they started, so that sending a
/// command again after a crash is safe: what it did has happened, nothing came after it, and the
/// aggregate decides nothing for it.
///
/// Two things are decided here, because no aggregate knows them: whether a quota allows a disk
/// (`DiskUsage`, in the order of the log), and whether VMs still have addresses in what is to be
/// deleted. Pure.
class ResourceProcess {
 public:
  using Owed = OwedCommand;
  static constexpr std::string_view name = "process/resource";

  ResourceProcess();
  ~ResourceProcess();
  ResourceProcess(ResourceProcess&&) noexcept;
  ResourceProcess& operator=(ResourceProcess&&) noexcept;

  void apply(const RecordedEvent& event);
  std::vector<OwedCommand> due();
  std::vector<OwedCommand> resume();
  void refused(const RefusedCommand& command);
  void accepted(const AddressedCommand& command);
  void save(std::string& out) const;
  void load(std::string_view bytes);

 private:
  class State;
  std::unique_ptr<State> state_;
};

static_assert(AcceptanceTailer<ResourceProcess>);

}  // namespace orrery
