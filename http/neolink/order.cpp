#include "http/neolink/order.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "events/stream_name.hpp"
#include "http/auth/id_source.hpp"
#include "projections/availability/availability_view.hpp"
#include "projections/catalogue/catalogue_view.hpp"
#include "projections/offers/offers_view.hpp"
#include "projections/volumes/volume_view.hpp"
#include "storage/event_log.hpp"

namespace orrery::neolink {

namespace {

/// "<kind>-" and eight hexadecimal digits, which nothing of this kind has ever had.
std::string draw_name(const NeolinkContext& context, IdSource& ids, std::string_view kind) {
  for (;;) {
    auto name = fmt::format("{}-{}", kind, ids.uuid().substr(0, 8));
    if (context.log->version_of(stream_name(kind, name)) == 0) return name;
  }
}

/// What is sold to whoever names a region and SKU so.
struct Sale {
  const RegionOffer* region = nullptr;
  const SkuOffer* sku = nullptr;
};

boost::system::result<Sale, Refusal> sale_of(const Offers& offers, std::string_view cluster,
                                             const InstanceRequest& words) {
  Sale sale;
  sale.region = offers.region_of_cluster(cluster);
  if (!sale.region) return not_found("cluster", cluster);
  const auto& declared = sale.region->declaration;
  const bool is_there = words.region.empty() || words.region == sale.region->id ||
                        words.region == declared.name || words.region == declared.cluster;
  if (!is_there) return unknown("region", words.region);
  sale.sku = offers.sku(words.sku_id);
  // A region may have moved: it sells where it is now.
  const auto* now = offers.region(sale.region->id);
  const bool is_sold = now && now->declaration.cluster == cluster;
  if (!sale.sku || !is_sold || sale.sku->declaration.region_id != sale.region->id)
    return unknown("sku", words.sku_id);
  if (sale.sku->declaration.selling_type != words.selling_type)
    return bad_request(fmt::format("Cost.CostType must be \"{}\" for this GPUSKUID",
                                   static_cast<int>(sale.sku->declaration.selling_type)));
  return sale;
}

boost::system::result<VolumeMount, Refusal> mount_of_kept(const NeolinkContext& context,
                                                          const Caller& caller,
                                                          std::string_view cluster,
                                                          const VolumeWish& wish,
                                                          std::string_view place) {
  const auto volume = context.volumes->find(caller.namespace_id, wish.volume_id);
  if (!volume || volume->cluster != cluster) return unknown("volume", wish.volume_id);
  if (wish.size_gb && *wish.size_gb != volume->size_gb)
    return bad_request(fmt::format("{}.Size must be {} or left out: volume {} exists", place,
                                   volume->size_gb, volume->id));
  return VolumeMount{volume->id, wish.path, volume->size_gb, false};
}

boost::system::result<std::vector<VolumeMount>, Refusal> mounts_of(
    const NeolinkContext& context, const Caller& caller, std::string_view cluster,
    const InstanceRequest& words, const SkuDeclared& sku, IdSource& ids) {
  std::vector<VolumeMount> mounts;
  for (const auto& wish : words.volumes) {
    const auto place = fmt::format("VolumeMount[{}]", mounts.size());
    if (!wish.volume_id.empty()) {
      auto mount = mount_of_kept(context, caller, cluster, wish, place);
      if (!mount) return mount.error();
      if (std::ranges::find(mounts, mount->volume_id, &VolumeMount::volume_id) != mounts.end())
        return bad_request(fmt::format("VolumeMount has volume {} twice", mount->volume_id));
      mounts.push_back(*std::move(mount));
      continue;
    }
    const auto size_gb = wish.size_gb.value_or(sku.data_disk_gb);
    if (size_gb < sku.data_disk_gb)
      return bad_request(fmt::format("{}.Size must be from {} to {} (GB)", place, sku.data_disk_gb,
                                     volume_size_gb_max));
    mounts.push_back({draw_name(context, ids, "volume"), wish.path, size_gb, true});
  }
  return mounts;
}

InstanceSpecification specification_of(const SkuOffer& sku) {
  const auto& declared = sku.declaration;
  InstanceSpecification specification;
  specification.sku_id = sku.id;
  specification.gpu_model = declared.gpu_model;
  specification.gpu_resource_key = declared.gpu_resource_key;
  specification.gpu_count = declared.gpu_count;
  specification.cpu_count = declared.cpu_count;
  specification.memory_gib = declared.memory_gib;
  specification.system_disk_gb = declared.system_disk_gb;
  return specification;
}

OrderTerms terms_of(const SkuDeclared& sku) {
  return {sku.selling_type, sku.price_fen, sku.discount};
}

WhenFull when_full(const NeolinkContext& context, std::string_view cluster) {
  const auto catalogue = context.catalogue->current();
  const auto* entry = catalogue->cluster(cluster);
  return entry ? entry->policy.when_full : WhenFull::refuse;
}

bool has_ended(const InstanceDetails& instance) {
  return instance.state == InstanceState::failed || instance.state == InstanceState::deleting;
}

/// The one instance that is paid for in advance and has the name of the request.
boost::system::result<InstanceView::Instance, Refusal> renewed_instance(
    const NeolinkContext& context, const Caller& caller, std::string_view cluster,
    const InstanceRequest& words) {
  constexpr std::size_t instance_count_max = 1'000;
  if (!words.name.empty()) {
    auto instance = context.instances->find(caller.namespace_id, words.name);
    if (!instance || instance->order.specification.cluster != cluster)
      return not_found("instance", words.name);
    return instance;
  }
  auto named = context.instances->displayed_as(caller.namespace_id, cluster, words.display_name,
                                               instance_count_max);
  std::erase_if(named, [&](const auto& instance) {
    return has_ended(*instance) || instance->order.terms.selling_type != words.selling_type;
  });
  if (named.empty()) return not_found("instance", words.display_name);
  if (named.size() > 1)
    return error(
        409, "display_name_is_ambiguous",
        fmt::format("{} instances have this displayName: say which one with name", named.size()));
  return named.front();
}

std::string price_sentence(const OrderTerms& terms, std::uint32_t period_count,
                           std::int64_t now_s) {
  const auto price_fen = terms.selling_type == SellingType::pay_as_you_go
                             ? price_fen_at(terms, now_s)
                             : prepaid_amount_fen(terms, period_count, now_s);
  const auto cny = fmt::format("{}.{:02} CNY", price_fen / 100, price_fen % 100);
  return terms.selling_type == SellingType::pay_as_you_go
             ? fmt::format("Balance and coupons must cover the price of an hour, {}", cny)
             : fmt::format("The balance must cover the whole price, {}", cny);
}

}  // namespace

boost::system::result<OrderPlaced, Refusal> order_of(const NeolinkContext& context,
                                                     const Caller& caller, std::string_view cluster,
                                                     const InstanceRequest& words, IdSource& ids) {
  const auto offers = context.offers->current();
  const auto sale = sale_of(*offers, cluster, words);
  if (!sale) return sale.error();
  if (!context.offers->can_run(caller.namespace_id, words.image))
    return unknown("image", words.image);
  OrderPlaced order;
  order.specification = specification_of(*sale->sku);
  order.specification.uid = ids.uuid();
  order.instance_id = draw_name(context, ids, "instance");
  auto mounts = mounts_of(context, caller, cluster, words, sale->sku->declaration, ids);
  if (!mounts) return mounts.error();
  order.specification.volumes = *std::move(mounts);
  order.specification.namespace_id = caller.namespace_id;
  order.specification.cluster = cluster;
  order.specification.display_name = words.display_name;
  order.specification.image = words.image;
  order.specification.when_full = when_full(context, cluster);
  order.terms = terms_of(sale->sku->declaration);
  order.period_count = words.cost_time ? words.cost_time->period_count : 0;
  order.coupon_id = words.coupon_id;
  order.cost_time = words.cost_time_text;
  order.disk_sku_id = words.disk_sku_id;
  return order;
}

std::optional<Refusal> refusal_of_full_cluster(const NeolinkContext& context,
                                               const InstanceSpecification& specification) {
  const auto& [cluster, model, count] =
      std::tie(specification.cluster, specification.gpu_model, specification.gpu_count);
  if (specification.when_full == WhenFull::queue) return std::nullopt;
  if (context.availability->available(cluster, model, count)) return std::nullopt;
  return error(409, "out_of_stock",
               fmt::format("No node of cluster {} has {} free GPU{} {} now", cluster, count,
                           count == 1 ? "" : "s", model));
}

boost::system::result<Renewal, Refusal> renewal_of(const NeolinkContext& context,
                                                   const Caller& caller, std::string_view cluster,
                                                   const InstanceRequest& words) {
  const auto offers = context.offers->current();
  if (!offers->region_of_cluster(cluster)) return not_found("cluster", cluster);
  auto instance = renewed_instance(context, caller, cluster, words);
  if (!instance) return instance.error();
  const auto& known = **instance;
  if (known.order.terms.selling_type != words.selling_type)
    return bad_request(fmt::format("Cost.CostType must be \"{}\", as the instance was ordered",
                                   static_cast<int>(known.order.terms.selling_type)));
  if (known.order.specification.sku_id != words.sku_id)
    return bad_request(fmt::format("Cost.GPUSKUID must be \"{}\", as the instance was ordered",
                                   known.order.specification.sku_id));
  if (has_ended(known))
    return error(409, "instance_has_ended", "The instance is failed or being deleted");
  const auto sale = sale_of(*offers, cluster, words);
  if (!sale) return sale.error();
  return Renewal{*std::move(instance), terms_of(sale->sku->declaration),
                 words.cost_time->period_count};
}

Refusal refusal_of(Wallet::Rejection rejection, const OrderTerms& terms, std::uint32_t period_count,
                   std::int64_t now_s) {
  using enum Wallet::Rejection;
  switch (rejection) {
    case wallet_is_in_debt:
      return error(402, "wallet_is_in_debt", "The balance is below 0: nothing can be ordered");
    case balance_is_too_low:
      return error(402, "balance_is_too_low", price_sentence(terms, period_count, now_s));
    case coupon_does_not_exist:
      return error(400, "unknown_coupon", "There is no coupon with this CouponID");
    case coupon_has_expired:
      return error(402, "coupon_has_expired", "The coupon has expired");
    case coupon_is_spent:
      return error(402, "coupon_is_spent", "Nothing is left of the coupon");
    case coupon_is_for_pay_as_you_go_only:
      return bad_request("Cost.CouponID is for pay as you go only");
    case period_count_is_out_of_range:
      return bad_request("Cost.CostTime is out of range");
    case order_is_not_paid_in_advance:
      return error(409, "order_is_not_paid_in_advance", "The instance is not paid in advance");
    case order_has_ended:
      return error(409, "instance_has_ended", "The instance is gone");
    case order_exists_already:
      return idempotency_key_reused();
    default:  // Of other commands, or of a namespace that has no wallet.
      return error(409, "order_refused", "Nothing can be ordered in this namespace");
  }
}

}  // namespace orrery::neolink
