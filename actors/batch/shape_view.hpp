#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "actors/batch/forecast.hpp"
#include "actors/batch/plan.hpp"
#include "actors/batch/shape_book.hpp"

namespace orrery::batch {

/// What a job takes of each of its nodes.
Room need_of(const JobResources& resources);

/// The nodes of one partition that could hold a shape.
struct PartitionNodes {
  const BatchPartition* partition = nullptr;
  std::uint32_t partition_index = 0;
  /// Indices into the fleet, ascending.
  std::vector<std::uint32_t> nodes;
};

/// A shape under a policy and on a fleet: everything that is the same for all jobs that have it.
struct ShapeView {
  const Shape* shape = nullptr;
  /// Of each of its nodes.
  Room need;
  /// Those with enough nodes, by tier, then as the job names them.
  std::vector<PartitionNodes> places;
  /// That must be among its nodes; indices into the fleet.
  std::vector<std::uint32_t> named;
  const BatchQos* qos = nullptr;
  std::uint32_t qos_index = 0;
  /// Why no job of it starts, whoever's it is.
  WaitReason obstacle = WaitReason::none;
  std::uint32_t tier = 0;
  std::uint32_t pool = 0;
  /// How much of its pool it takes.
  double pool_units = 0;
  double size_factor = 0;
  double partition_factor = 0;
  double qos_factor = 0;
};

/// Views of all shapes in use, made when somebody asks for them. Good for one pass.
class ShapeViews {
 public:
  ShapeViews(const ShapeBook& shapes, const std::vector<FleetNode>& fleet,
             const BatchPolicy& policy);

  const ShapeView& of(std::uint32_t shape);

  std::uint32_t node_count() const { return node_count_; }
  std::uint32_t cpu_count() const { return cpu_count_; }
  /// One for processors, one for GPUs of any model, then one for each model.
  std::uint32_t pool_count() const { return 2 + static_cast<std::uint32_t>(models_.size()); }
  static constexpr std::uint32_t pool_of_cpus = 0;
  static constexpr std::uint32_t pool_of_any_gpus = 1;
  std::uint32_t pool_of(const std::string& model) const;

 private:
  ShapeView make(const Shape& shape) const;
  void find_places(const Shape& shape, ShapeView& view) const;
  /// Without any where one that the job names is missing.
  PartitionNodes nodes_of(std::uint32_t partition, const Shape& shape) const;
  bool has_enough_usable(const PartitionNodes& place, const ShapeView& view) const;
  void find_factors(const Shape& shape, ShapeView& view) const;

  const ShapeBook& shapes_;
  const std::vector<FleetNode>& fleet_;
  const BatchPolicy& policy_;
  std::uint32_t node_count_ = 0;
  std::uint32_t cpu_count_ = 0;
  std::vector<std::string> models_;
  /// Indices into the fleet, ascending.
  std::vector<std::vector<std::uint32_t>> nodes_of_partition_;
  std::vector<ShapeView> views_;
};

}  // namespace orrery::batch
