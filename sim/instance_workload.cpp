#include "sim/instance_workload.hpp"

#include <array>
#include <utility>

#include "events/folds/billing_terms.hpp"

namespace orrery {
namespace {

constexpr std::array customers_of_the_world{"customer-rich", "customer-poor"};
constexpr auto gpu_model = "A40-48GB";
constexpr std::int64_t seconds_per_week = 7 * seconds_per_day;

std::string order_id(std::size_t index) { return "order-" + std::to_string(index); }
std::string volume_id(std::size_t index) { return "volume-" + std::to_string(index); }

}  // namespace

std::vector<AddressedCommand> InstanceWorkload::customers() const {
  constexpr std::array<std::int64_t, 2> payments{10'000'000, 2'000};
  std::vector<AddressedCommand> commands;
  for (std::size_t i = 0; i < payments.size(); ++i) {
    const std::string customer = customers_of_the_world[i];
    commands.push_back(To<Wallet>{customer, Wallet::Open{{"account-1"}}});
    commands.push_back(To<Wallet>{customer, Wallet::TopUp{{"first", payments[i]}}});
  }
  return commands;
}

OrderTerms InstanceWorkload::draw_terms(SeededRandom& random, Time now) const {
  OrderTerms terms;
  terms.price_fen = static_cast<std::int64_t>(random.between(1, 1'000));
  if (random.chance(200)) terms.selling_type = SellingType::daily;
  if (random.chance(300)) {
    const auto start = seconds_of(now) - static_cast<std::int64_t>(random.below(seconds_per_day));
    const auto length = static_cast<std::int64_t>(random.between(1, seconds_per_week));
    terms.discount = {"discount", static_cast<std::uint32_t>(random.between(1, 10'000)), start,
                      start + length};
  }
  return terms;
}

std::vector<VolumeMount> InstanceWorkload::draw_volumes(SeededRandom& random,
                                                        const std::string& customer,
                                                        const std::string& cluster) {
  std::vector<VolumeMount> mounts;
  if (!volumes_.empty() && random.chance(300)) {
    const auto index = random.below(volumes_.size());
    const auto& made = volumes_[index];
    // Now and then another's, or one of another cluster: the instance fails.
    if ((made.customer == customer && made.cluster == cluster) || random.chance(50))
      mounts.push_back({volume_id(index), "/mnt/old", 50, false});
  }
  if (random.chance(800)) {
    mounts.push_back({volume_id(volumes_.size()), "/root/data",
                      static_cast<std::uint32_t>(random.between(50, 500)), true});
    volumes_.push_back({customer, cluster});
  }
  return mounts;
}

AddressedCommand InstanceWorkload::order(SeededRandom& random, Time now) {
  const auto index = orders_.size();
  const auto& place = places_[random.below(places_.size())];
  OrderPlaced order;
  order.order_id = order_id(index);
  order.instance_id = instance_id(index);
  order.terms = draw_terms(random, now);
  if (order.terms.selling_type != SellingType::pay_as_you_go)
    order.period_count = static_cast<std::uint32_t>(random.between(1, 3));
  else if (payment_count_ > 0 && random.chance(200))  // If it is a coupon, and still pays.
    order.coupon_id = "payment-" + std::to_string(random.below(payment_count_));
  auto& wish = order.specification;
  wish.namespace_id = customers_of_the_world[random.below(customers_of_the_world.size())];
  wish.cluster = place.cluster;
  wish.display_name = order.instance_id;
  wish.image = "images.example/pytorch:2";
  wish.gpu_model = gpu_model;
  wish.gpu_count = static_cast<std::uint32_t>(random.chance(50)    ? 9
                                              : random.chance(700) ? random.between(1, 2)
                                                                   : random.between(1, 8));
  wish.volumes = draw_volumes(random, wish.namespace_id, wish.cluster);
  wish.uid = "uid-" + std::to_string(index);
  wish.when_full = place.when_full;
  orders_.push_back({wish.namespace_id, order.terms});
  auto customer = wish.namespace_id;
  return To<Wallet>{std::move(customer), Wallet::PlaceOrder{std::move(order), seconds_of(now)}};
}

AddressedCommand InstanceWorkload::want(SeededRandom& random, Time now) {
  const auto index = orders_.empty() ? 0 : random.below(orders_.size());
  const auto drawn = random.below(100);
  if (drawn < 30) return stop(random, instance_id(index));
  if (drawn < 65) return To<Instance>{instance_id(index), Instance::Start{}};
  if (drawn < 85) return delete_instance(index);
  if (drawn < 92 && !orders_.empty()) return renew(index, now);
  return pay(random, now);
}

AddressedCommand InstanceWorkload::delete_instance(std::size_t index) const {
  return To<Instance>{instance_id(index), Instance::Delete{}};
}

AddressedCommand InstanceWorkload::stop(SeededRandom& random, std::string id) {
  InstanceStopRequested wish;
  wish.grace_period_s = static_cast<std::uint32_t>(random.between(0, 3));
  if (random.chance(300)) {
    const auto image = "image-" + std::to_string(image_count_++);
    wish.snapshot = SnapshotWish{image, "images.example/mine:" + image};
  }
  return To<Instance>{std::move(id), Instance::Stop{std::move(wish)}};
}

AddressedCommand InstanceWorkload::pay(SeededRandom& random, Time now) {
  const std::string customer = customers_of_the_world[random.below(customers_of_the_world.size())];
  const auto id = "payment-" + std::to_string(payment_count_++);
  const auto amount = static_cast<std::int64_t>(random.between(1, 3'000));
  if (random.chance(600)) return To<Wallet>{customer, Wallet::TopUp{{id, amount}}};
  const auto expiry = seconds_of(now) + static_cast<std::int64_t>(random.below(seconds_per_week));
  return To<Wallet>{customer, Wallet::GrantCoupon{{id, amount, expiry}}};
}

AddressedCommand InstanceWorkload::renew(std::size_t index, Time now) {
  OrderRenewed renewal;
  renewal.order_id = order_id(index);
  renewal.renewal_id = "renewal-" + std::to_string(payment_count_++);
  renewal.instance_id = instance_id(index);
  renewal.terms = orders_[index].terms;
  renewal.period_count = 1;
  return To<Wallet>{orders_[index].customer, Wallet::Renew{std::move(renewal), seconds_of(now)}};
}

}  // namespace orrery
