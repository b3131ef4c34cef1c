#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "sim/checkers/checker.hpp"

namespace orrery {

/// Disks and places in reservations are held by as many VMs as may hold them, and at rest by none
/// that failed or is gone. So it is with the volumes of instances; and one that was made for an
/// instance that never ran is gone, unless another has mounted it.
class HoldingsOfTheLiving : public Checker {
 public:
  std::string_view name() const override { return "holdings_of_the_living"; }
  void apply(const RecordedEvent& recorded) override;
  void at_rest() override;

 private:
  struct Disk {
    DiskType type = DiskType::persistent_ssd;
    /// VM → mode.
    std::map<std::string, DiskMode> attachments;
  };
  struct Reservation {
    std::uint32_t vm_count = 0;
    std::set<std::string> vm_ids;
  };
  struct Volume {
    std::set<std::string> instance_ids;
    /// It was made for this instance, and nobody else has ever mounted it.
    std::string only_of;
  };
  void on_instance(const RecordedEvent& recorded);
  void on_volume(const RecordedEvent& recorded);
  void attached(const RecordedEvent& recorded, const DiskAttached& attached);
  void taken(const RecordedEvent& recorded, const ReservationTaken& taken);

  std::set<std::string> living_vms_;
  std::set<std::string> living_instances_;
  std::set<std::string> instances_that_ran_;
  /// By stream.
  std::map<std::string, Disk> disks_;
  std::map<std::string, Reservation> reservations_;
  std::map<std::string, Volume> volumes_;
  /// Volume → the instance that it is to be made for.
  std::map<std::string, std::string> wished_for_;
};

}  // namespace orrery
