#include "actors/batch/shape_view.hpp"

#include <algorithm>
#include <map>
#include <string_view>

#include "actors/batch/node_fit.hpp"
#include "actors/batch/priority.hpp"

namespace orrery::batch {
Room need_of(const JobResources& resources) {
  const auto memory = resources.memory_mib_per_node;
  return {resources.gpus_per_node, std::max<std::int64_t>(1, resources.cpus_per_node),
          memory == as_much_memory_as_allowed ? 0 : std::int64_t{memory},
          resources.is_exclusive ? Room::all_tenancies : 1};
}

Room FleetNode::room() const {
  Room room{size.gpu_count, size.cpu_count == 0 ? Room::uncounted : size.cpu_count,
            size.memory_mib == 0 ? Room::uncounted : size.memory_mib, Room::all_tenancies};
  room -= lost;
  return room;
}

ShapeViews::ShapeViews(const ShapeBook& shapes, const std::vector<FleetNode>& fleet,
                       const BatchPolicy& policy)
    : shapes_(shapes), fleet_(fleet), policy_(policy), views_(shapes.number_count()) {
  for (const auto& node : fleet) {
    ++node_count_;
    cpu_count_ += node.size.cpu_count;
    if (!node.size.gpu_model.empty() && !contains(models_, node.size.gpu_model))
      models_.push_back(node.size.gpu_model);
  }
  std::map<std::string_view, std::uint32_t> index_of_id;
  for (std::uint32_t i = 0; i < fleet.size(); ++i) index_of_id[fleet[i].size.id] = i;
  for (const auto& partition : policy.partitions) {
    auto& nodes = nodes_of_partition_.emplace_back();
    for (const auto& id : partition.nodes)
      if (const auto known = index_of_id.find(id); known != index_of_id.end())
        nodes.push_back(known->second);
    std::sort(nodes.begin(), nodes.end());
  }
}

const ShapeView& ShapeViews::of(std::uint32_t shape) {
  auto& view = views_[shape];
  if (view.shape == nullptr) view = make(shapes_[shape]);
  return view;
}

std::uint32_t ShapeViews::pool_of(const std::string& model) const {
  const auto found = std::find(models_.begin(), models_.end(), model);
  return found == models_.end() ? pool_of_any_gpus
                                : 2 + static_cast<std::uint32_t>(found - models_.begin());
}

ShapeView ShapeViews::make(const Shape& shape) const {
  ShapeView view;
  view.shape = &shape;
  view.need = need_of(shape.resources);
  const auto gpus = shape.gpu_count();
  view.pool = gpus == 0 ? pool_of_cpus : pool_of(shape.resources.gpu_model);
  view.pool_units = static_cast<double>(gpus == 0 ? shape.cpu_count() : gpus);
  for (std::uint32_t i = 0; i < fleet_.size(); ++i)
    if (contains(shape.nodes.wanted, fleet_[i].size.id)) view.named.push_back(i);
  find_factors(shape, view);
  find_places(shape, view);
  return view;
}

void ShapeViews::find_factors(const Shape& shape, ShapeView& view) const {
  view.size_factor = size_factor(policy_.weights, shape.resources.node_count, shape.cpu_count(),
                                 node_count_, cpu_count_);
  for (std::uint32_t i = 0; i < policy_.qos.size(); ++i) {
    if (policy_.qos[i].name != shape.qos) continue;
    view.qos = &policy_.qos[i];
    view.qos_index = i;
    view.qos_factor = policy_.qos[i].priority_factor_permille / 1000.0;
  }
}

PartitionNodes ShapeViews::nodes_of(std::uint32_t partition, const Shape& shape) const {
  PartitionNodes place{&policy_.partitions[partition], partition, {}};
  place.nodes.reserve(nodes_of_partition_[partition].size());
  std::size_t named_count = 0;
  for (const auto i : nodes_of_partition_[partition]) {
    const auto& node = fleet_[i];
    if (!are_wishes_met(node.size.id, node.features, shape.nodes) ||
        !could_hold(policy_, node.size, shape.resources))
      continue;
    place.nodes.push_back(i);
    if (contains(shape.nodes.wanted, node.size.id)) ++named_count;
  }
  if (named_count < shape.nodes.wanted.size()) place.nodes.clear();
  return place;
}

bool ShapeViews::has_enough_usable(const PartitionNodes& place, const ShapeView& view) const {
  const auto is_usable = [&](std::uint32_t node) { return fleet_[node].is_usable; };
  const auto usable = std::count_if(place.nodes.begin(), place.nodes.end(), is_usable);
  return static_cast<std::uint64_t>(usable) >= view.shape->resources.node_count &&
         std::all_of(view.named.begin(), view.named.end(), is_usable);
}

void ShapeViews::find_places(const Shape& shape, ShapeView& view) const {
  bool some_is_up = false;
  bool some_is_large_enough = false;
  for (const auto& name : shape.partitions) {
    const auto* partition = find_named(policy_.partitions, name);
    if (partition == nullptr) continue;
    view.tier = std::max(view.tier, partition->priority_tier);
    view.partition_factor =
        std::max(view.partition_factor, partition->priority_factor_permille / 1000.0);
    if (!partition->is_up) continue;
    some_is_up = true;
    auto place = nodes_of(static_cast<std::uint32_t>(partition - policy_.partitions.data()), shape);
    if (place.nodes.size() < std::max<std::size_t>(1, shape.resources.node_count)) continue;
    some_is_large_enough = true;
    if (has_enough_usable(place, view)) view.places.push_back(std::move(place));
  }
  if (view.places.size() > 1)
    std::stable_sort(view.places.begin(), view.places.end(), [](const auto& a, const auto& b) {
      return a.partition->priority_tier > b.partition->priority_tier;
    });
  if (!view.places.empty()) return;
  view.obstacle = !some_is_up             ? WaitReason::partition_down
                  : !some_is_large_enough ? WaitReason::never_fits
                                          : WaitReason::nodes_unavailable;
}

}  // namespace orrery::batch
