#pragma once

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
#include "projections/runtime/views.hpp"
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

/// Every read model of a server, registered with the `Views` that feed them.
struct ReadModels {
  ReadModels() {
    for (View* view : {static_cast<View*>(&identity),
                       static_cast<View*>(&catalogue),
                       static_cast<View*>(&vms),
                       static_cast<View*>(&operations),
                       static_cast<View*>(&availability),
                       static_cast<View*>(&metering),
                       static_cast<View*>(&reservations),
                       static_cast<View*>(&nodes),
                       static_cast<View*>(&disks),
                       static_cast<View*>(&networks),
                       static_cast<View*>(&firewall_rules),
                       static_cast<View*>(&quotas),
                       static_cast<View*>(&offers),
                       static_cast<View*>(&wallets),
                       static_cast<View*>(&instances),
                       static_cast<View*>(&volumes),
                       static_cast<View*>(&services),
                       static_cast<View*>(&clients),
                       static_cast<View*>(&sharing),
                       static_cast<View*>(&inferences),
                       static_cast<View*>(&sharing_usage),
                       static_cast<View*>(&simulated_clusters),
                       static_cast<View*>(&kittens),
                       static_cast<View*>(&jobs),
                       static_cast<View*>(&center),
                       static_cast<View*>(&webhooks),
                       static_cast<View*>(&slurm)})
      views.add(*view);
  }

  IdentityView identity;
  CatalogueView catalogue;
  VmView vms;
  OperationView operations;
  AvailabilityView availability;
  MeteringView metering;
  ReservationView reservations;
  NodeView nodes;
  DiskView disks;
  NetworkView networks;
  FirewallRuleView firewall_rules;
  QuotaView quotas;
  OffersView offers;
  WalletView wallets;
  InstanceView instances;
  VolumeView volumes;
  ServiceView services;
  ClientView clients;
  SharingView sharing;
  InferenceView inferences;
  SharingUsageView sharing_usage;
  SimulatedClusterView simulated_clusters;
  KittenView kittens;
  JobView jobs;
  CenterView center;
  WebhookView webhooks;
  SlurmView slurm;
  Views views;
};

}  // namespace orrery
