#pragma once

#include <string>

#include "tests/projections/random_center.hpp"

namespace orrery {

/// Any events in any order over few streams: more than the rules would ever let happen, so what
/// holds here holds for every log.
class RandomHistory : public RandomCenter {
 public:
  RandomHistory(std::uint64_t seed, std::size_t event_count) : RandomCenter(seed) {
    while (events().size() < event_count) happen();
  }

 private:
  VmRequested request() {
    auto requested = vm_of(one_of("p", 3), one_of("name", 9));
    requested.specification.cluster = cluster();
    requested.specification.gpu_model = one_of("model", 2);
    requested.specification.gpu_count = static_cast<std::uint32_t>(1 + below(4));
    return requested;
  }

  void happen() {
    switch (below(20)) {
      case 17:
      case 18:
      case 19:
        return center_event();
      case 15:
      case 16:
        return sharing_event();
      case 14:
        return service_event();
      case 13:
        return wallet_event();
      case 10:
        return instance_event();
      case 11:
        return volume_event();
      case 12:
        return offer_event();
      case 6:
        return billing_event();
      case 7:
        return network_event();
      case 8:
        return firewall_event();
      case 9:
        return quota_event();
      case 0:
        return vm_event();
      case 1:
        return operation_event();
      case 2:
        return fleet_event();
      case 3:
        return gpu_event();
      case 4:
        return lease_event();
      default:
        return tenancy_event();
    }
  }

  void vm_event() {
    const auto stream = "vm/" + vm();
    if (begins(stream)) {
      happened(stream, request());
      return;
    }
    switch (below(12)) {
      case 5:
        happened(stream, VmStopRequested{});
        break;
      case 6:
        happened(stream, VmStopped{});
        break;
      case 7:
        happened(stream, VmStartRequested{});
        break;
      case 8:
        happened(stream, VmResized{"l40s-48gb.4x", "L40S-48GB", 4});
        break;
      case 9:
        happened(stream, VmNetworkChanged{one_of("subnet", 3), PublicAddress::fixed, "10.0.0.2",
                                          one_of("1.2.3.", 99)});
        break;
      case 10:
        happened(stream, VmReserved{one_of("reservation", 3)});
        break;
      case 11:
        disk_event();
        break;
      case 0:
        happened(stream, VmPlaced{lease(), node(), {0, static_cast<std::uint32_t>(below(4))}, 9});
        break;
      case 1:
        happened(stream, VmStarted{"10.0.0.1", one_of("1.2.3.", 99)});
        break;
      case 2:
        happened(stream, VmDeletionRequested{});
        break;
      case 3:
        happened(stream, VmFailed{"node_lost", "message"});
        break;
      default:
        happened(stream, VmDeleted{});
    }
  }

  void disk_event() {
    const auto stream = one_of("disk/", 9);
    if (begins(stream)) {
      happened(stream, DiskCreated{{one_of("p", 3), "disk", DiskType::shared_volume, 100,
                                    "us-east1-a", 4096},
                                   "SERIAL"});
      return;
    }
    switch (below(6)) {
      case 0:
        happened(stream, DiskDeleted{});
        break;
      case 1:
        happened(stream, DiskResized{100 + below(100)});
        break;
      case 2:
        happened(stream, DiskDetached{vm()});
        break;
      default:
        happened(stream, DiskAttached{vm(), DiskMode::read_write});
    }
  }

  void network_event() {
    const auto stream = one_of("network/", 3);
    if (begins(stream)) {
      happened(stream, NetworkCreated{one_of("p", 3), "network", "10.0.0.0/8"});
      return;
    }
    const auto subnet = one_of("s", 6);
    switch (below(12)) {
      case 0:
        happened(stream, NetworkDeleted{});
        break;
      case 1:
        happened(stream, NetworkRenamed{one_of("name", 9)});
        break;
      case 2:
        happened(stream, SubnetRemoved{subnet});
        break;
      case 3:
        happened(stream, SubnetRenamed{subnet, one_of("name", 9)});
        break;
      default:
        happened(stream, SubnetAdded{subnet, "subnet", "10.1.0.0/16", "us-east1-a"});
    }
  }

  void firewall_event() {
    const auto stream = one_of("firewall_rule/", 6);
    const FirewallMatch match{
        "rule", {"tcp"}, {{"", vm()}}, {"22"}, {{"", one_of("s", 6)}, {"1.2.3.4/32", ""}}, {"22"}};
    if (begins(stream))
      happened(stream, FirewallRuleCreated{one_of("p", 3), one_of("", 3), {}, {}, match});
    else if (below(8) == 0)
      happened(stream, FirewallRuleDeleted{});
    else
      happened(stream, FirewallRuleChanged{match});
  }

  void quota_event() {
    ProjectLimits limits;
    limits.gpus[one_of("model", 2)] = static_cast<std::uint32_t>(below(20));
    if (below(2) == 0) limits.vms = static_cast<std::uint32_t>(below(9));
    if (below(2) == 0) limits.disk_gib = below(900);
    happened(one_of("quota/p", 3), QuotaSet{limits});
  }

  OperationGoal goal() {
    switch (below(5)) {
      case 0:
        return PowerOnVm{};
      case 1:
        return ResizeVm{"type", one_of("model", 2), static_cast<std::uint32_t>(1 + below(8))};
      case 2:
        return CreateDisk{{one_of("p", 3), "disk", {}, below(400), "us-east1-a", 512}, "SERIAL"};
      case 3:
        return ResizeDisk{below(400)};
      default:
        return DeleteVm{};
    }
  }

  void operation_event() {
    if (below(2) == 0) {
      const auto target = vm();
      if (below(2) == 0)
        happened(fresh("operation/"), create_of(target, request()));
      else
        happened(fresh("operation/"), OperationStarted{one_of("p", 3), target, goal()});
      return;
    }
    const auto stream = one_of("operation/", events().size() + 1);
    if (below(2) == 0)
      happened(stream, OperationSucceeded{});
    else
      happened(stream, OperationFailed{"out_of_stock", "message"});
  }

  void fleet_event() {
    const auto stream = "node/" + node();
    switch (below(7)) {
      case 0:
        happened(
            "cluster/" + cluster(),
            ClusterDeclared{one_of("location", 2), when_full(),
                            below(2) == 0 ? PlacementStrategy::pack : PlacementStrategy::spread});
        break;
      case 1:
        happened(stream, NodeRegistered{cluster(), one_of("model", 2), 4});
        break;
      case 2:
        happened(stream, NodeLost{"lost"});
        break;
      case 3:
        happened(stream, NodeCordoned{"cordoned"});
        break;
      case 4:
        happened(stream, NodeUncordoned{});
        break;
      case 5:
        happened(one_of("image/", 3), ImagePublished{one_of("image", 3), "", {"tag"}, {}});
        break;
      default:
        happened(stream, NodeBecameReady{});
    }
  }

  void gpu_event() {
    switch (below(8)) {
      case 0:
        happened(gpu(), GpuFaulted{"ECC"});
        break;
      case 1:
        happened(gpu(), GpuRepaired{});
        break;
      case 2:
      case 3:
        happened(gpu(), GpuClaimed{lease(), events().size()});
        break;
      case 4:
        happened(gpu(), GpuReleased{lease()});
        break;
      default:
        happened(gpu(), GpuRegistered{node(), 0, "model"});
    }
  }

  void lease_event() {
    const auto stream = "lease/" + lease();
    switch (below(7)) {
      case 0:
        happened(stream, LeaseGranted{node(), {static_cast<std::uint32_t>(below(4))}, 1});
        break;
      case 1:
        happened(stream, LeaseReleased{});
        break;
      case 2:
        happened(stream, LeaseExpired{"node_lost"});
        break;
      case 3:
        happened(stream, LeaseQueued{});
        break;
      case 4:
        happened(stream, LeaseRefused{"out_of_stock"});
        break;
      default:
        happened(stream, LeaseRequested{"vm/" + vm(), cluster(), one_of("model", 2),
                                        static_cast<std::uint32_t>(1 + below(4)), when_full()});
    }
  }

  void billing_event() {
    const auto reservation = one_of("reservation/r", 3);
    switch (below(6)) {
      case 0:
        happened("price/gpu_hours.l40s-48gb",
                 PriceChanged{UsageMetric::gpu_hours, "l40s-48gb",
                              static_cast<std::int64_t>(below(3'000'000))});
        break;
      case 1:
        happened(reservation, ReservationDeclared{one_of("o", 3), "l40s-48gb.2x", "us-east1-a", 3,
                                                  0, later(), 1000});
        break;
      case 2:
        happened(reservation, ReservationTaken{vm()});
        break;
      case 3:
        happened(reservation, ReservationGivenBack{vm()});
        break;
      case 4:
        happened(reservation, ReservationEnded{});
        break;
      default:
        happened(one_of("address_pool/a", 3), AddressPoolDeclared{"us-east1-a", "1.2.3.0/24"});
    }
  }

  void tenancy_event() {
    const auto account = one_of("a", 3);
    const auto token = one_of("token/t", 8);
    switch (below(16)) {
      case 14:
        happened(fresh("token/k"),
                 AccessKeyIssued{digest(), KeyScope::namespace_, one_of("c", 2), "key", 0});
        break;
      case 15:
        happened(one_of("token/k", events().size() + 1), AccessKeyRegenerated{digest(), later()});
        break;
      case 10:
        happened("account/" + account, AccountEnabled{});
        break;
      case 11:
        happened("account/" + account, AccountLeftOrganization{one_of("o", 3)});
        break;
      case 12:
        happened(one_of("organization/o", 3), OrganizationRenamed{one_of("name", 9)});
        break;
      case 13:
        happened(one_of("project/p", 4), ProjectRenamed{one_of("name", 9)});
        break;
      case 0:
        happened(one_of("organization/o", 3), OrganizationCreated{"name", "stripe"});
        break;
      case 1:
        happened(one_of("project/p", 4), ProjectCreated{one_of("o", 3), "name"});
        break;
      case 2:
        happened("account/" + account, AccountRegistered{{account, "box"}, "hash"});
        break;
      case 3:
        happened("account/" + account, AccountJoinedOrganization{one_of("o", 3), {}});
        break;
      case 4:
        happened("account/" + account, AccountPasswordChanged{one_of("hash", 99)});
        break;
      case 5:
        if (below(5) == 0) happened("account/" + account, AccountDisabled{});
        break;
      case 6:
        happened(fresh("token/k"), AccessKeyIssued{digest(), KeyScope::project, "p1", "key", 0});
        break;
      case 7:
        if (begins(token))
          happened(token, SessionOpened{account, digest(), digest(), later(), later()});
        break;
      case 8:
        happened(token, SessionRefreshed{digest(), digest(), later(), later()});
        break;
      default:
        happened(below(2) == 0 ? token : one_of("token/k", events().size() + 1),
                 TokenRevoked{"reason"});
    }
  }
};

}  // namespace orrery
