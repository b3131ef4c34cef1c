#pragma once

#include <cstddef>
#include <string>

#include "http/auth/edge_secret.hpp"

namespace orrery {

class AvailabilityView;
class CatalogueView;
class Clock;
class CommandGateway;
class IdentityView;
class OperationView;
class PasswordPool;
class SubjectKeys;
class VmView;

/// Everything that the mkinf dialect works with. All pointers must outlive the router; all of it is
/// used from many threads.
struct MkinfContext {
  CommandGateway* gateway = nullptr;
  const IdentityView* identity = nullptr;
  const VmView* vms = nullptr;
  const OperationView* operations = nullptr;
  const AvailabilityView* availability = nullptr;
  const CatalogueView* catalogue = nullptr;
  const Clock* clock = nullptr;
  IdSource* ids = nullptr;
  SubjectKeys* subject_keys = nullptr;
  PasswordPool* passwords = nullptr;
  EdgeSecret secret;
  /// Scheme, host and port by which clients reach this server, without a slash at the end.
  std::string base_url;
  /// Commands sent and not answered; a request beyond that is answered 503. Mailboxes are
  /// unbounded, so this is the bound.
  std::size_t commands_in_flight_max = 4096;
};

}  // namespace orrery
