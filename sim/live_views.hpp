#pragma once

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
#include "projections/vms/vm_view.hpp"
#include "projections/volumes/volume_view.hpp"
#include "projections/wallets/wallet_view.hpp"

namespace orrery {

/// The read models of one life of the simulated control plane, caught up with its log.
struct LiveViews {
  explicit LiveViews(const EventLog& log) {
    for (auto* view : mutable_all()) views.add(*view);
    (void)views.catch_up(log);
  }

  std::vector<View*> mutable_all() {
    return {&identity,      &catalogue, &vms,          &operations,
            &availability,  &disks,     &networks,     &firewall_rules,
            &quotas,        &metering,  &reservations, &nodes,
            &offers,        &wallets,   &instances,    &volumes,
            &services,      &clients,   &sharing,      &inferences,
            &sharing_usage, &jobs,      &center,       &simulated_clusters};
  }
  std::vector<const View*> all() const {
    return {&identity,      &catalogue, &vms,          &operations,
            &availability,  &disks,     &networks,     &firewall_rules,
            &quotas,        &metering,  &reservations, &nodes,
            &offers,        &wallets,   &instances,    &volumes,
            &services,      &clients,   &sharing,      &inferences,
            &sharing_usage, &jobs,      &center,       &simulated_clusters};
  }

  IdentityView identity;
  CatalogueView catalogue;
  VmView vms;
  OperationView operations;
  AvailabilityView availability;
  DiskView disks;
  NetworkView networks;
  FirewallRuleView firewall_rules;
  QuotaView quotas;
  MeteringView metering;
  ReservationView reservations;
  NodeView nodes;
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
  JobView jobs;
  CenterView center;
  Views views;
};

}  // namespace orrery
