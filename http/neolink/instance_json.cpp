#include "http/neolink/instance_json.hpp"

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include "http/neolink/instance_access.hpp"
#include "http/neolink/times.hpp"

namespace orrery::neolink {

namespace {

namespace json = boost::json;

std::string selling_type_text(const OrderTerms& terms) {
  return fmt::format("{}", static_cast<int>(terms.selling_type));
}

/// Of a discount that wasn't over when the terms were agreed on.
const std::string& discount_id(const InstanceDetails& instance) {
  static const std::string none;
  const auto& discount = instance.order.terms.discount;
  return seconds_of(instance.terms_at) < discount.ends_at_s ? discount.id : none;
}

/// Why the instance never ran, or waits to run again; empty where all is well.
const std::string& description(const InstanceDetails& instance) {
  static const std::string none;
  const bool is_off_course =
      instance.state == InstanceState::failed || instance.state == InstanceState::starting;
  return is_off_course ? instance.failure_message : none;
}

json::object annotations_json(const InstanceDetails& instance, InstanceForm form) {
  const auto& order = instance.order;
  const auto& words = order.specification;
  json::object annotations{{"neolink.ai/cost-coupon-id", order.coupon_id},
                           {"neolink.ai/cost-discount-id", discount_id(instance)},
                           {"neolink.ai/cost-disk-sku-id", order.disk_sku_id},
                           {"neolink.ai/cost-gpu-sku-id", words.sku_id},
                           {"neolink.ai/cost-order-id", order.order_id},
                           {"neolink.ai/cost-time", order.cost_time},
                           {"neolink.ai/cost-type", selling_type_text(order.terms)},
                           {"neolink.ai/description", description(instance)},
                           {"neolink.ai/display-name", words.display_name},
                           {"neolink.ai/gpu.machine", words.gpu_model},
                           {"neolink.ai/gpu.resource.key", words.gpu_resource_key},
                           {"neolink.ai/region", words.cluster}};
  if (form == InstanceForm::listed) annotations.emplace("neolink.ai/saveDataEnabled", "false");
  annotations.emplace("neolink.ai/unit-price", fmt::format("{}", order.terms.price_fen));
  return annotations;
}

json::object servers_json(const InstanceDetails& instance, const Offers& offers,
                          const EdgeSecret& secret) {
  const auto& words = instance.order.specification;
  const auto& uid = words.uid;
  const auto* region = offers.region_of_cluster(words.cluster);
  const auto domains = region ? region->declaration : RegionDeclared{};
  const auto web = fmt::format("http://{}.{}", uid, domains.gateway_domain);
  return {{"Jupyterlab", fmt::format("{}/jupyter?token={}", web, jupyter_token(secret, uid))},
          {"Tensorboard", fmt::format("{}/monitor", web)},
          {"SSH",
           json::object{{"sshAddr", fmt::format("ssh -p{} root@{}.{}", instance.address->ssh_port,
                                                uid, domains.ssh_domain)},
                        {"sshPassword", ssh_password(secret, uid)}}}};
}

json::array volume_mounts_json(const InstanceDetails& instance) {
  const auto& words = instance.order.specification;
  json::array mounts(1, json::object{{"PathInContainer", "/"},
                                     {"Type", "local-filesystem"},
                                     {"Size", words.system_disk_gb},
                                     {"PVCName", ""},
                                     {"displayName", "系统盘"},
                                     {"filesystemType", "system"}});
  // A volume is bound with the first start; until then its size is 0.
  const bool is_bound = instance.first_started_at.has_value();
  for (const auto& volume : words.volumes)
    mounts.push_back(json::object{{"PathInContainer", volume.path},
                                  {"Type", "shared-filesystem"},
                                  {"Size", is_bound ? volume.size_gb : 0},
                                  {"PVCName", volume.volume_id},
                                  {"displayName", fmt::format("磁盘-{}", volume.volume_id)},
                                  {"filesystemType", "data"}});
  return mounts;
}

json::array pods_json(const InstanceDetails& instance, const EdgeSecret& secret) {
  const auto& placement = *instance.placement;
  const auto suffix = pod_suffix(secret, instance.order.specification.uid, placement.fence);
  return json::array(1,
                     json::object{{"Name", fmt::format("{}-{}", instance.name(), suffix)},
                                  {"Containers", json::array(1, json::object{{"Name", "worker"}})},
                                  {"nodeScheduled", placement.node_id},
                                  {"ip", instance.address->ip}});
}

json::object cost_json(const InstanceDetails& instance) {
  const auto& order = instance.order;
  return {{"CostType", selling_type_text(order.terms)},
          {"CostTime", order.cost_time},
          {"DiscountID", discount_id(instance)},
          {"GPUSKUID", order.specification.sku_id},
          {"DiskSKUID", order.disk_sku_id},
          {"CouponID", order.coupon_id}};
}

}  // namespace

std::string_view status_name(InstanceState state) {
  switch (state) {
    case InstanceState::creating:
      return "Creating";
    case InstanceState::running:
      return "Running";
    case InstanceState::shutting_down:
      return "Shutting Down";
    case InstanceState::shutdown:
      return "Shutdown";
    case InstanceState::starting:
      return "Starting";
    case InstanceState::deleting:
      return "Deleting";
    case InstanceState::failed:
      return "Failed";
  }
  return "";
}

json::object instance_json(const InstanceDetails& instance, const Offers& offers,
                           const EdgeSecret& secret, InstanceForm form) {
  const auto& words = instance.order.specification;
  const bool is_running =
      instance.state == InstanceState::running && instance.placement && instance.address;
  json::object object{{"name", instance.name()},
                      {"namespace", words.namespace_id},
                      {"Region", words.cluster},
                      {"displayName", words.display_name},
                      {"description", description(instance)},
                      {"annotations", annotations_json(instance, form)},
                      {"uid", words.uid}};
  if (is_running) object.emplace("servers", servers_json(instance, offers, secret));
  object.emplace("image", words.image);
  object.emplace("replicas", 1);
  object.emplace("resources", json::object{{"cpu", fmt::format("{}", words.cpu_count)},
                                           {"memory", fmt::format("{}Gi", words.memory_gib)},
                                           {"GPUNum", fmt::format("{}", words.gpu_count)},
                                           {"GPUType", words.gpu_model}});
  object.emplace("volumeMounts", volume_mounts_json(instance));
  object.emplace("creationTimestamp", beijing_seconds(instance.created_at));
  object.emplace("updateTimestamp", instance.updated_at ? beijing_seconds(*instance.updated_at)
                                                        : std::string(unset_time));
  object.emplace("ScheduleStopTimestamp", beijing_seconds(instance.term.ends_at_s));
  object.emplace("status", status_name(instance.state));
  object.emplace("cost", cost_json(instance));
  if (is_running) object.emplace("Pods", pods_json(instance, secret));
  return object;
}

InstanceDetails as_ordered(const OrderPlaced& order, Time ordered_at) {
  InstanceDetails instance;
  instance.order = order;
  instance.created_at = instance.terms_at = ordered_at;
  return instance;
}

}  // namespace orrery::neolink
