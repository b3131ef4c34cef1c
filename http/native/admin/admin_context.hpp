#pragma once

#include <memory>

#include "http/auth/edge_secret.hpp"
#include "http/auth/guess_limit.hpp"
#include "http/auth/request_identity.hpp"

namespace orrery {

class CatalogueView;
class Clock;
class CommandGateway;
class EventLog;
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
class SimulatedClusterView;
class SlurmView;
class SubjectKeys;
class VolumeView;
class WalletView;
class WebhookDelivery;
class WebhookView;
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
  const SimulatedClusterView* simulated_clusters = nullptr;
  const SlurmView* slurm = nullptr;
  /// The marketplace: its clients, who ask for their own usage here, and what they offer.
  std::shared_ptr<const GpushareContext> gpushare;
  const WebhookView* webhooks = nullptr;
  /// Null: nothing is delivered.
  WebhookDelivery* webhook_delivery = nullptr;
  /// What is in a dead letter.
  const EventLog* log = nullptr;
  const Clock* clock = nullptr;
  IdSource* ids = nullptr;
  SubjectKeys* subject_keys = nullptr;
  PasswordPool* passwords = nullptr;
  EdgeSecret secret;
  /// The same as the dialects', whose principals are the same.
  std::shared_ptr<KeysInFlight> keys_in_flight = std::make_shared<KeysInFlight>();
  std::shared_ptr<GuessLimit> guesses = std::make_shared<GuessLimit>();

  /// Where the views, log and clock here are those of a past moment (`?as_of=`): the context of the
  /// present, which alone decides who is let in. Null: this is it.
  std::shared_ptr<const AdminContext> present = nullptr;
  const AdminContext& gate() const { return present ? *present : *this; }
};

}  // namespace orrery
