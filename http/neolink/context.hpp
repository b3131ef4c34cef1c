#pragma once

#include <memory>

#include "http/auth/edge_secret.hpp"
#include "http/auth/request_identity.hpp"

namespace orrery {

class AvailabilityView;
class CatalogueView;
class Clock;
class CommandGateway;
class EventLog;
class IdentityView;
class InstanceView;
class OffersView;
class VolumeView;
class WalletView;

/// Everything that the NeoLink dialect works with. All pointers must outlive the router; all of it
/// is used from many threads.
struct NeolinkContext {
  CommandGateway* gateway = nullptr;
  /// Read where a request comes again whose answer no view holds any more.
  const EventLog* log = nullptr;
  const IdentityView* identity = nullptr;
  const InstanceView* instances = nullptr;
  const VolumeView* volumes = nullptr;
  const WalletView* wallets = nullptr;
  const OffersView* offers = nullptr;
  const AvailabilityView* availability = nullptr;
  const CatalogueView* catalogue = nullptr;
  const Clock* clock = nullptr;
  IdSource* ids = nullptr;
  EdgeSecret secret;
  /// Copies of the context share it; one for all dialects of a server.
  std::shared_ptr<KeysInFlight> keys_in_flight = std::make_shared<KeysInFlight>();
};

}  // namespace orrery
