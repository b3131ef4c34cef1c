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

/// The part of `DriverDuties` about services: those that shall run and aren't known to serve, those
/// that shall be gone. Pure.
///
/// A service that is placed is to be started until it is ready: told again, its driver starts none
/// that has run, but goes on with what it sees. One that is being stopped is to be stopped until it
/// has ended. One that ended without its driver's word, because its node was lost, is to be stopped
/// there until the node is ready again, and once more then.
class ServiceDuties {
 public:
  void apply(const RecordedEvent& recorded);
  /// The node is up: what ended when it was lost is told a last time.
  void forget_lost(std::string_view node_id);
  /// Where it is placed; empty where it isn't, or isn't known.
  std::string_view node_of(std::string_view id) const;
  /// What became owed since the last question.
  void due(std::vector<DriverMessage>& owed);
  /// Everything that is owed.
  void resume(std::vector<DriverMessage>& owed);
  void save(ByteWriter& writer) const { writer(duties_, lost_); }
  void load(ByteReader& reader) { reader(duties_, lost_); }

 private:
  enum class Aim : std::uint8_t { leave, start, stop };
  struct Duty {
    Aim aim = Aim::leave;
    ServiceSpecification specification;
    std::optional<ServiceReplica> replica;
    ServicePlaced placement;
    Position causation = 0;
    std::string correlation;

    BOOST_DESCRIBE_CLASS(Duty, (), (aim, specification, replica, placement, causation, correlation),
                         (), ())
  };
  /// By node.
  using Lost = std::map<std::string, std::set<std::string, std::less<>>, std::less<>>;

  void on(const RecordedEvent& recorded, const ServiceRequested& event);
  void on(const RecordedEvent& recorded, const ServicePlaced& event);
  void on(const RecordedEvent& recorded, const ServiceBecameReady& event);
  void on(const RecordedEvent& recorded, const ServiceStopRequested& event);
  void on(const RecordedEvent& recorded, const ServiceEnded& event);

  /// Changes what is known of a service that was asked for, and asks for another look at it.
  template <class Change>
  void update(const RecordedEvent& recorded, Change change);
  void forget(std::string_view id);
  void owe(std::string_view id, std::vector<DriverMessage>& owed) const;

  std::map<std::string, Duty, std::less<>> duties_;
  Lost lost_;
  /// What `due` looks at; never saved.
  std::set<std::string, std::less<>> noted_;
  /// Of what is forgotten already; from `resume` on.
  std::vector<DriverMessage> last_words_;
  bool resumed_ = false;
};

}  // namespace orrery
