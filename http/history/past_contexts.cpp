#include "http/history/past_contexts.hpp"

#include <utility>

#include "projections/availability/availability_view.hpp"
#include "projections/catalogue/catalogue_view.hpp"
#include "projections/center/center_view.hpp"
#include "projections/clients/client_view.hpp"
#include "projections/disks/disk_view.hpp"
#include "projections/firewall_rules/firewall_rule_view.hpp"
#include "projections/identity/identity_view.hpp"
#include "projections/inferences/inference_view.hpp"
#include "projections/instances/instance_view.hpp"
#include "projections/jobs/job_view.hpp"
#include "projections/metering/metering_view.hpp"
#include "projections/networks/network_view.hpp"
#include "projections/nodes/node_view.hpp"
#include "projections/offers/offers_view.hpp"
#include "projections/operations/operation_view.hpp"
#include "projections/quotas/quota_view.hpp"
#include "projections/reservations/reservation_view.hpp"
#include "projections/services/service_view.hpp"
#include "projections/sharing/sharing_view.hpp"
#include "projections/sharing_usage/sharing_usage_view.hpp"
#include "projections/simulated_clusters/simulated_cluster_view.hpp"
#include "projections/slurm/slurm_view.hpp"
#include "projections/vms/vm_view.hpp"
#include "projections/volumes/volume_view.hpp"
#include "projections/wallets/wallet_view.hpp"
#include "projections/webhooks/webhook_view.hpp"

namespace orrery {

MkinfContext mkinf_as_of(std::shared_ptr<const MkinfContext> live, const PastMoment& moment) {
  auto& views = moment.views;
  MkinfContext past;
  past.log = &moment.log;
  past.clock = &moment.clock;
  past.identity = views.of<IdentityView>();
  past.vms = views.of<VmView>();
  past.disks = views.of<DiskView>();
  past.networks = views.of<NetworkView>();
  past.firewall_rules = views.of<FirewallRuleView>();
  past.operations = views.of<OperationView>();
  past.quotas = views.of<QuotaView>();
  past.metering = views.of<MeteringView>();
  past.reservations = views.of<ReservationView>();
  past.availability = views.of<AvailabilityView>();
  past.catalogue = views.of<CatalogueView>();
  past.ids = live->ids;
  past.subject_keys = live->subject_keys;
  past.secret = live->secret;
  past.base_url = live->base_url;
  past.scheme = live->scheme;
  past.present = std::move(live);
  return past;
}

/// Its reads need no clock but for credentials, and nothing of the identities but who asks: both
/// are the present's.
NeolinkContext neolink_as_of(std::shared_ptr<const NeolinkContext> live, const PastMoment& moment) {
  auto& views = moment.views;
  NeolinkContext past;
  past.log = &moment.log;
  past.instances = views.of<InstanceView>();
  past.volumes = views.of<VolumeView>();
  past.wallets = views.of<WalletView>();
  past.offers = views.of<OffersView>();
  past.availability = views.of<AvailabilityView>();
  past.catalogue = views.of<CatalogueView>();
  past.identity = live->identity;
  past.clock = live->clock;
  past.ids = live->ids;
  past.secret = live->secret;
  return past;
}

/// As for NeoLink. What services wrote and where they are reached is in no log.
AifactoryContext aifactory_as_of(std::shared_ptr<const AifactoryContext> live,
                                 const PastMoment& moment) {
  AifactoryContext past;
  past.services = moment.views.of<ServiceView>();
  past.identity = live->identity;
  past.clock = live->clock;
  past.ids = live->ids;
  past.secret = live->secret;
  past.cluster = live->cluster;
  past.node = live->node;
  past.token_digest = live->token_digest;
  return past;
}

GpushareContext gpushare_as_of(std::shared_ptr<const GpushareContext> live,
                               const PastMoment& moment) {
  auto& views = moment.views;
  GpushareContext past;
  past.clients = views.of<ClientView>();
  past.sharing = views.of<SharingView>();
  past.inferences = views.of<InferenceView>();
  past.clock = &moment.clock;
  past.ids = live->ids;
  past.subject_keys = live->subject_keys;
  past.secret = live->secret;
  past.public_url = live->public_url;
  past.present = std::move(live);
  return past;
}

AicenterContext aicenter_as_of(std::shared_ptr<const AicenterContext> live,
                               const PastMoment& moment) {
  auto& views = moment.views;
  AicenterContext past;
  past.log = &moment.log;
  past.clock = &moment.clock;
  past.jobs = views.of<JobView>();
  past.center = views.of<CenterView>();
  past.nodes = views.of<NodeView>();
  past.identity = live->identity;
  past.tokens = live->tokens;
  past.ids = live->ids;
  past.subject_keys = live->subject_keys;
  past.secret = live->secret;
  past.cluster = live->cluster;
  past.host = live->host;
  past.started_s = live->started_s;
  past.present = std::move(live);
  return past;
}

AdminContext admin_as_of(std::shared_ptr<const AdminContext> live, const PastMoment& moment) {
  auto& views = moment.views;
  AdminContext past;
  past.clock = &moment.clock;
  past.identity = views.of<IdentityView>();
  past.catalogue = views.of<CatalogueView>();
  past.metering = views.of<MeteringView>();
  past.nodes = views.of<NodeView>();
  past.operations = views.of<OperationView>();
  past.quotas = views.of<QuotaView>();
  past.reservations = views.of<ReservationView>();
  past.wallets = views.of<WalletView>();
  past.volumes = views.of<VolumeView>();
  past.offers = views.of<OffersView>();
  past.services = views.of<ServiceView>();
  past.sharing_usage = views.of<SharingUsageView>();
  past.webhooks = views.of<WebhookView>();
  past.log = &moment.log;
  past.simulated_clusters = views.of<SimulatedClusterView>();
  past.slurm = views.of<SlurmView>();
  if (live->gpushare)
    past.gpushare = std::make_shared<const GpushareContext>(gpushare_as_of(live->gpushare, moment));
  past.ids = live->ids;
  past.subject_keys = live->subject_keys;
  past.secret = live->secret;
  past.present = std::move(live);
  return past;
}

NativeContext native_as_of(std::shared_ptr<const NativeContext> live, const PastMoment& moment) {
  NativeContext past;
  past.log = &moment.log;
  past.feed = live->feed;
  past.is_operator = live->is_operator;
  past.version = live->version;
  past.events_url = live->events_url;
  return past;
}

}  // namespace orrery
