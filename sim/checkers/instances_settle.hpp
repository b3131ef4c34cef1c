#pragma once

#include <map>
#include <set>
#include <string>

#include "sim/checkers/checker.hpp"

namespace orrery {

/// Every instance that is ordered runs, fails or is deleted in the end, whoever is to be switched
/// off or on is, or waits in the queue for GPUs; and every snapshot that was taken is an image.
class InstancesSettle : public Checker {
 public:
  std::string_view name() const override { return "instances_settle"; }
  void apply(const RecordedEvent& recorded) override;
  void at_rest() override;

  /// Instances on their way to somewhere; without those that wait in the queue.
  std::size_t moving_count() const;
  /// Those that wait in the queue.
  std::size_t queued_count() const { return queued_.size(); }

 private:
  bool waits(const std::string& instance) const;

  /// Instance → position of the event that set it moving.
  std::map<std::string, Position> moving_;
  /// Instances whose lease waits in the queue, by the lease's stream.
  std::map<std::string, std::string> queued_;
  std::map<std::string, std::string> instance_of_lease_;
  /// Images to come.
  std::set<std::string> snapshots_;
  std::set<std::string> images_;
};

}  // namespace orrery
