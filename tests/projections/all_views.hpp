#pragma once

#include <memory>
#include <vector>

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
#include "projections/kittens/kitten_view.hpp"
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

/// One of each kind, empty.
inline std::vector<std::unique_ptr<View>> all_views() {
  std::vector<std::unique_ptr<View>> views;
  views.push_back(std::make_unique<IdentityView>());
  views.push_back(std::make_unique<VmView>());
  views.push_back(std::make_unique<OperationView>());
  views.push_back(std::make_unique<AvailabilityView>());
  views.push_back(std::make_unique<CatalogueView>());
  views.push_back(std::make_unique<MeteringView>());
  views.push_back(std::make_unique<ReservationView>());
  views.push_back(std::make_unique<NodeView>());
  views.push_back(std::make_unique<DiskView>());
  views.push_back(std::make_unique<NetworkView>());
  views.push_back(std::make_unique<FirewallRuleView>());
  views.push_back(std::make_unique<QuotaView>());
  views.push_back(std::make_unique<OffersView>());
  views.push_back(std::make_unique<InstanceView>());
  views.push_back(std::make_unique<VolumeView>());
  views.push_back(std::make_unique<WalletView>());
  views.push_back(std::make_unique<ServiceView>());
  views.push_back(std::make_unique<ClientView>());
  views.push_back(std::make_unique<SharingView>());
  views.push_back(std::make_unique<InferenceView>());
  views.push_back(std::make_unique<SharingUsageView>());
  views.push_back(std::make_unique<KittenView>());
  views.push_back(std::make_unique<JobView>());
  views.push_back(std::make_unique<CenterView>());
  views.push_back(std::make_unique<WebhookView>());
  views.push_back(std::make_unique<SimulatedClusterView>());
  views.push_back(std::make_unique<SlurmView>());
  return views;
}

}  // namespace orrery
