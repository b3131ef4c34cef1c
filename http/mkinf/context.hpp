#pragma once

#include <memory>
#include <string>

#include "http/auth/edge_secret.hpp"
#include "http/auth/guess_limit.hpp"
#include "http/auth/request_identity.hpp"

namespace orrery {

class AvailabilityView;
class CatalogueView;
class Clock;
class CommandGateway;
class DiskView;
class EventLog;
class FirewallRuleView;
class IdentityView;
class MeteringView;
class NetworkView;
class OperationView;
class PasswordPool;
class QuotaView;
class ReservationView;
class SubjectKeys;
class VmView;

/// Everything that the mkinf dialect works with. All pointers must outlive the router; all of it is
/// used from many threads.
struct MkinfContext {
  CommandGateway* gateway = nullptr;
  /// Read where an operation shows its request with the personal data, which no view holds.
  const EventLog* log = nullptr;
  const IdentityView* identity = nullptr;
  const VmView* vms = nullptr;
  const DiskView* disks = nullptr;
  const NetworkView* networks = nullptr;
  const FirewallRuleView* firewall_rules = nullptr;
  const OperationView* operations = nullptr;
  const QuotaView* quotas = nullptr;
  const MeteringView* metering = nullptr;
  const ReservationView* reservations = nullptr;
  const AvailabilityView* availability = nullptr;
  const CatalogueView* catalogue = nullptr;
  const Clock* clock = nullptr;
  IdSource* ids = nullptr;
  SubjectKeys* subject_keys = nullptr;
  PasswordPool* passwords = nullptr;
  EdgeSecret secret;
  /// Copies of the context share it.
  std::shared_ptr<KeysInFlight> keys_in_flight = std::make_shared<KeysInFlight>();
  std::shared_ptr<GuessLimit> guesses = std::make_shared<GuessLimit>();
  /// Scheme, host and port by which clients reach this server, without a slash at the end. Empty:
  /// as the client of a request has reached it, with `scheme` and the request's `Host`.
  std::string base_url;
  std::string scheme = "http";

  /// Where the views, log and clock here are those of a past moment (`?as_of=`): the context of the
  /// present, which alone decides who is let in. Null: this is it.
  std::shared_ptr<const MkinfContext> present = nullptr;
  const MkinfContext& gate() const { return present ? *present : *this; }
};

}  // namespace orrery
