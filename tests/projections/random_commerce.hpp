#pragma once

#include <random>
#include <set>
#include <string>

#include "tests/projections/history.hpp"

namespace orrery {

/// A history that is made up, and what all its parts draw from.
class RandomDraws : public History {
 protected:
  explicit RandomDraws(std::uint64_t seed) : random_(seed) {}

  std::uint64_t below(std::uint64_t end) { return random_() % end; }
  std::string one_of(const char* prefix, std::uint64_t count) {
    return prefix + std::to_string(below(count));
  }
  std::string vm() { return one_of("v", 12); }
  std::string node() { return one_of("n", 4); }
  std::string gpu() { return "gpu/" + node() + ":" + std::to_string(below(4)); }
  std::string lease() { return vm() + "." + std::to_string(1 + below(2)); }
  std::string cluster() { return one_of("c", 2); }
  std::string digest() { return std::string(32, static_cast<char>('a' + below(20))); }
  std::int64_t later() { return time_at(events().size() + below(60)).time_since_epoch().count(); }
  WhenFull when_full() { return below(2) == 0 ? WhenFull::refuse : WhenFull::queue; }

  /// A stream begins once; what begins one that exists happens to another.
  std::string fresh(const std::string& prefix) { return prefix + std::to_string(events().size()); }

  /// Whether this is the first event of a stream.
  bool begins(const std::string& stream) { return begun_.emplace(stream).second; }

 private:
  std::mt19937_64 random_;
  std::set<std::string> begun_;
};

/// The part of the NeoLink dialect: orders, instances, volumes, offers.
class RandomCommerce : public RandomDraws {
 protected:
  using RandomDraws::RandomDraws;

  OrderPlaced order(const std::string& instance) {
    OrderPlaced placed;
    placed.order_id = fresh("order");
    placed.instance_id = instance;
    placed.specification = specification_of("w" + std::to_string(below(2)), "instance");
    placed.specification.cluster = cluster();
    placed.specification.gpu_model = one_of("model", 2);
    placed.specification.gpu_count = static_cast<std::uint32_t>(1 + below(4));
    placed.terms.selling_type = static_cast<SellingType>(1 + below(4));
    placed.terms.price_fen = static_cast<std::int64_t>(below(900));
    placed.period_count = static_cast<std::uint32_t>(below(4));
    if (below(2) == 0) placed.request_digest = digest();
    return placed;
  }

  void instance_event() {
    const auto name = one_of("i", 9);
    const auto stream = "instance/" + name;
    if (begins(stream)) {
      const auto placed = order(name);
      happened("wallet/" + placed.specification.namespace_id, placed);
      happened(stream, InstanceRequested{placed.order_id, placed.specification});
      return;
    }
    switch (below(10)) {
      case 0:
        happened(stream, InstancePlaced{lease(), node(), {0}, below(9)});
        break;
      case 1:
        happened(stream, InstanceStopRequested{InstanceEndReason::customer, 10, {}});
        break;
      case 2:
        happened(stream, InstanceStopped{});
        break;
      case 3:
        happened(stream, InstanceStartRequested{});
        break;
      case 4:
        happened(stream, InstanceInterrupted{"node_lost", "message"});
        break;
      case 5:
        happened(stream, InstanceFailed{"out_of_stock", "message"});
        break;
      case 6:
        happened(stream, InstanceDeletionRequested{});
        break;
      case 7:
        if (below(3) == 0) happened(stream, InstanceDeleted{});
        break;
      case 8:
        happened(one_of("wallet/w", 2), OrderRenewed{"order", fresh("renewal"), name,
                                                     order(name).terms, 2, 500, digest()});
        break;
      default:
        happened(stream, InstanceStarted{"172.31.0.1", 30'099});
    }
  }

  void wallet_event() {
    const auto stream = one_of("wallet/w", 2);
    const auto order_id = one_of("order", events().size() + 1);
    const auto amount = static_cast<std::int64_t>(below(400));
    const auto at_s = static_cast<std::int64_t>(events().size());
    switch (below(8)) {
      case 0:
        happened(stream, WalletOpened{one_of("a", 3)});
        break;
      case 1:
        happened(stream, WalletToppedUp{fresh("t"), amount});
        break;
      case 2:
        happened(stream, CouponGranted{one_of("c", 5), amount, at_s + 100});
        break;
      case 3:
        happened(stream, OrderRefunded{order_id, amount, "out_of_stock"});
        break;
      case 4:
        happened(stream, OrderClosed{order_id});
        break;
      case 5:
        happened(stream, StorageCharged{below(2) == 0 ? StoredThing::volumes : StoredThing::images,
                                        at_s,
                                        50,
                                        amount,
                                        amount / 2,
                                        one_of("c", 5),
                                        {1}});
        break;
      default:
        happened(stream, UsageCharged{order_id,
                                      at_s,
                                      at_s + 9,
                                      amount,
                                      amount / 3,
                                      below(2) == 0 ? "" : one_of("c", 5),
                                      {1, 2}});
    }
  }

  void volume_event() {
    const auto stream = one_of("volume/", 6);
    if (begins(stream))
      happened(stream, VolumeCreated{one_of("w", 2), cluster(), 50});
    else if (below(8) == 0)
      happened(stream, VolumeDeleted{});
    else if (below(2) == 0)
      happened(stream, VolumeMounted{one_of("i", 9)});
    else
      happened(stream, VolumeUnmounted{one_of("i", 9)});
  }

  void offer_event() {
    SkuDeclared sku;
    sku.price_fen = static_cast<std::int64_t>(below(1000));
    const auto image = one_of("container_image/i", 6);
    switch (below(8)) {
      case 0:
        happened(one_of("region/r", 2),
                 RegionDeclared{one_of("name", 3), cluster(), "", "", "", ""});
        break;
      case 1:
        happened(one_of("region/r", 2), RegionWithdrawn{});
        break;
      case 2:
        happened(one_of("sku/", 4), SkuWithdrawn{});
        break;
      case 3:
        happened(image, ContainerImagePublished{one_of("image:", 4)});
        break;
      case 4:
        happened(image, ContainerImageSaved{one_of("c", 2), one_of("own:", 4), "i", below(99)});
        break;
      case 5:
        happened(image, ContainerImageWithdrawn{});
        break;
      default:
        happened(one_of("sku/", 4), sku);
    }
  }
};

}  // namespace orrery
