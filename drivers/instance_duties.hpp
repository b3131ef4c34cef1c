#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "drivers/driver.hpp"
#include "events/archive.hpp"
#include "events/envelope.hpp"

namespace orrery {

/// The part of `DriverDuties` about container instances: those that shall run and don't, those that
/// shall be gone. Pure.
///
/// An instance that is placed is to be started until somebody reports how that ended. One that is
/// being switched off, deleted or placed anew, or failed after it was placed, is to be stopped
/// where it was last. No event tells the end of one that failed or lost its place, so after a
/// restart it is stopped again, switched off or not, until it is deleted or has another place.
class InstanceDuties {
 public:
  /// What a customer who deletes an instance leaves to its processes.
  static constexpr std::uint32_t deletion_grace_period_s = 10;

  void apply(const RecordedEvent& recorded);
  /// What became owed since the last question.
  void due(std::vector<DriverMessage>& owed);
  /// Everything that is owed.
  void resume(std::vector<DriverMessage>& owed);
  void save(ByteWriter& writer) const { writer(duties_); }
  void load(ByteReader& reader) { reader(duties_); }

 private:
  enum class Aim : std::uint8_t { leave, start, stop };
  struct Duty {
    Aim aim = Aim::leave;
    InstanceSpecification specification;
    /// Of now, or the last one.
    InstancePlaced placement;
    std::uint32_t grace_period_s = 0;
    /// It lost its place, and may still run there.
    bool is_cut_off = false;
    /// Not taken yet.
    std::optional<SnapshotWish> snapshot;
    Position causation = 0;
    std::string correlation;

    BOOST_DESCRIBE_CLASS(Duty, (),
                         (aim, specification, placement, grace_period_s, is_cut_off, snapshot,
                          causation, correlation),
                         (), ())
  };

  void on(const RecordedEvent& recorded, const InstanceRequested& event);
  void on(const RecordedEvent& recorded, const InstancePlaced& event);
  void on(const RecordedEvent& recorded, const InstanceStarted& event);
  void on(const RecordedEvent& recorded, const InstanceStopRequested& event);
  void on(const RecordedEvent& recorded, const InstanceSnapshotTaken& event);
  void on(const RecordedEvent& recorded, const InstanceStopped& event);
  void on(const RecordedEvent& recorded, const InstanceInterrupted& event);
  void on(const RecordedEvent& recorded, const InstanceFailed& event);
  void on(const RecordedEvent& recorded, const InstanceDeletionRequested& event);
  void on(const RecordedEvent& recorded, const InstanceDeleted& event);

  /// Changes what is known of an instance that was born, and asks for another look at it.
  template <class Change>
  void update(const RecordedEvent& recorded, Change change);
  void forget(const RecordedEvent& recorded);
  void owe(std::string_view id, std::vector<DriverMessage>& owed) const;

  std::map<std::string, Duty, std::less<>> duties_;
  /// What `due` looks at; never saved.
  std::set<std::string, std::less<>> noted_;
};

}  // namespace orrery
