#pragma once

#include <memory>

#include "http/auth/edge_secret.hpp"
#include "http/auth/guess_limit.hpp"
#include "http/auth/request_identity.hpp"

namespace orrery {

class CatalogueView;
class Clock;
class CommandGateway;
class IdentityView;
class MeteringView;
class NodeView;
class OffersView;
class OperationView;
class PasswordPool;
class QuotaView;
class ReservationView;
class ServiceView;
class SharingUsageView;
class SubjectKeys;
class VolumeView;
class WalletView;
struct GpushareContext;

/// Everything that the administration works with. All pointers must outlive the router; all of it
/// is used from many threads.
struct AdminContext {
  CommandGateway* gateway = nullptr;
  const IdentityView* identity = nullptr;
  const CatalogueView* catalogue = nullptr;
  const MeteringView* metering = nullptr;
  const NodeView* nodes = nullptr;
  const OperationView* operations = nullptr;
  const QuotaView* quotas = nullptr;
  const ReservationView* reservations = nullptr;
  const WalletView* wallets = nullptr;
  const VolumeView* volumes = nullptr;
  const OffersView* offers = nullptr;
  const ServiceView* services = nullptr;
  const SharingUsageView* sharing_usage = nullptr;
  /// The marketplace: its clients, who ask for their own usage here, and what they offer.
  std::shared_ptr<const GpushareContext> gpushare;
  const Clock* clock = nullptr;
  IdSource* ids = nullptr;
  SubjectKeys* subject_keys = nullptr;
  PasswordPool* passwords = nullptr;
  EdgeSecret secret;
  /// The same as the dialects', whose principals are the same.
  std::shared_ptr<KeysInFlight> keys_in_flight = std::make_shared<KeysInFlight>();
  std::shared_ptr<GuessLimit> guesses = std::make_shared<GuessLimit>();
};

}  // namespace orrery
