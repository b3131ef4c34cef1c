#pragma once

#include <map>
#include <string>

#include "sim/checkers/checker.hpp"

namespace orrery {

/// GPUs are leased to somebody who wants them: a lease is asked for by a VM, instance, service
/// or job that is there, it is placed by a lease of its own, and at rest no lease is held or queued
/// for one that is off or gone, and none runs without the lease that it was placed by. What others'
/// jobs use of a Slurm's nodes is leased to the Slurm, which is there for good.
class NoLeaseWithoutOwner : public Checker {
 public:
  std::string_view name() const override { return "no_lease_without_owner"; }
  void apply(const RecordedEvent& recorded) override;
  void at_rest() override;

 private:
  /// A VM, an instance, a service, a job or a Slurm.
  struct Owner {
    bool is_on = false;
    /// Stream of the lease that it was placed by; empty where it isn't placed.
    std::string placed_by;
  };
  struct OpenLease {
    std::string owner;
    Position position = 0;
  };
  void placed(const RecordedEvent& recorded, const std::string& lease_id);

  /// By stream.
  std::map<std::string, Owner> owners_;
  std::map<std::string, OpenLease> open_;
  /// Lease → owner, of every lease there ever was.
  std::map<std::string, std::string> owner_of_;
};

}  // namespace orrery
