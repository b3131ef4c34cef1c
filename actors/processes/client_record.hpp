#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "events/client_events.hpp"

namespace orrery {

/// What a client is owed next for the names that he wishes.
enum class ClientStep : std::uint8_t { nothing, claim, grant, refuse };

/// What the client process knows of one client, folded from the log.
struct ClientRecord {
  enum class Phase : std::uint8_t {
    /// Refused or erased, or something of him came late: nothing is his.
    gone,
    registering,
    active,
  };

  Phase phase = Phase::gone;
  /// Keys of the names that are his; empty before.
  std::string username_key;
  std::string email_key;
  std::optional<ClientNames> wished;
  /// Handles that he has claimed and not released.
  std::set<std::string> held;

  /// The last event about him, for the origin of commands.
  std::uint64_t causation = 0;
  std::string correlation;

  BOOST_DESCRIBE_CLASS(ClientRecord, (),
                       (phase, username_key, email_key, wished, held, causation, correlation), (),
                       ())

  /// From here on nothing is saved: after a crash it is found out again.
  /// Which of the wished names is somebody else's.
  std::optional<ClientNameKind> taken;
  /// Told to be released; none of these is claimed again before it is.
  std::set<std::string> releasing;
  /// What was sent last for the wish: nothing is sent twice, but after a crash.
  ClientStep asked = ClientStep::nothing;
  std::string asked_key;
};

/// A function of the record alone: first one handle, then the other, then the names. So of two
/// names that are taken it is always the username that is told.
ClientStep owed_step(const ClientRecord& client);

/// The handle that `ClientStep::claim` is about: of the wished names the first that he lacks. Empty
/// where he lacks none.
std::string lacking_handle(const ClientRecord& client);

/// Handles that he holds and has no use for, and that weren't told to be released.
std::vector<std::string> surplus_handles(const ClientRecord& client);

/// True where nothing is owed and nothing will be.
bool is_finished(const ClientRecord& client);

}  // namespace orrery
