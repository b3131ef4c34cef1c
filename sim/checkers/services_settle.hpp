#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "sim/checkers/checker.hpp"

namespace orrery {

/// Every service runs, has ended or waits in the queue for its lease in the end; it is placed once,
/// so it starts once, with a fence that no other start has; and each replica of a group is there.
class ServicesSettle : public Checker {
 public:
  std::string_view name() const override { return "services_settle"; }
  void apply(const RecordedEvent& recorded) override;
  void at_rest() override;

  /// Services on their way to somewhere; without those that wait in the queue.
  std::size_t moving_count() const;
  /// Those that wait in the queue.
  std::size_t queued_count() const { return queued_.size(); }

 private:
  void on_service(const RecordedEvent& recorded, const std::string& id);
  void placed(const RecordedEvent& recorded, const ServicePlaced& placed);

  /// Service → position of the event that set it moving; a replica from its group's request on.
  std::map<std::string, Position> moving_;
  std::set<std::string> queued_;
  std::set<std::string> placed_;
  std::set<std::string> ended_;
  /// (GPU of a node, fence) of every start.
  std::set<std::pair<std::string, std::uint64_t>> starts_;
};

}  // namespace orrery
