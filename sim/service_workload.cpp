#include "sim/service_workload.hpp"

#include <utility>

namespace orrery {
namespace {

constexpr auto gpu_model = "A40-48GB";

}  // namespace

ServiceSpecification ServiceWorkload::draw(SeededRandom& random) const {
  ServiceSpecification wish;
  wish.recipe_name = wish.recipe = "inference/vllm";
  wish.name = "vllm";
  wish.cluster = clusters_[random.below(clusters_.size())];
  auto& resources = wish.resources;
  resources.cpu_count = static_cast<std::uint32_t>(random.between(1, 4));
  resources.memory_mib = static_cast<std::uint32_t>(random.between(1, 8)) * 1'024;
  if (random.chance(700)) {
    resources.gpu_count = static_cast<std::uint32_t>(random.chance(50) ? 9 : random.between(1, 3));
    if (random.chance(500)) resources.gpu_model = gpu_model;
  }
  if (random.chance(300))
    resources.time_limit_min = static_cast<std::uint32_t>(random.between(1, 60));
  if (random.chance(500)) wish.launch.image = random.chance(500) ? "vllm.sif" : "qdrant.sif";
  wish.launch.ports = {8'001};
  wish.launch.grace_period_s = static_cast<std::uint32_t>(random.between(0, 3));
  return wish;
}

AddressedCommand ServiceWorkload::create(SeededRandom& random) {
  if (random.chance(200)) return create_group(random);
  ServiceRequested request;
  request.specification = draw(random);
  auto id = service_id(service_count_++);
  request.specification.name += "-" + id;
  return To<Service>{std::move(id), Service::Create{std::move(request)}};
}

AddressedCommand ServiceWorkload::create_group(SeededRandom& random) {
  ServiceGroupRequested request;
  request.specification = draw(random);
  request.node_count = static_cast<std::uint32_t>(random.between(1, 2));
  request.replica_count = static_cast<std::uint32_t>(random.between(1, 3));
  for (auto left = request.node_count * request.replica_count; left > 0; --left)
    request.service_ids.push_back(service_id(service_count_++));
  auto id = "sg-" + request.service_ids.front();
  group_ids_.push_back(id);
  return To<ServiceGroup>{std::move(id), ServiceGroup::Create{std::move(request)}};
}

AddressedCommand ServiceWorkload::stop(SeededRandom& random) const {
  if (!group_ids_.empty() && random.chance(200))
    return To<ServiceGroup>{group_ids_[random.below(group_ids_.size())], ServiceGroup::Cancel{}};
  const auto index = service_count_ == 0 ? 0 : random.below(service_count_);
  return To<Service>{service_id(index), Service::Stop{}};
}

std::vector<AddressedCommand> ServiceWorkload::stop_all() const {
  std::vector<AddressedCommand> commands;
  for (const auto& id : group_ids_)
    commands.push_back(To<ServiceGroup>{id, ServiceGroup::Cancel{}});
  for (std::size_t i = 0; i < service_count_; ++i)
    commands.push_back(To<Service>{service_id(i), Service::Stop{}});
  return commands;
}

}  // namespace orrery
