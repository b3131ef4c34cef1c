#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/describe.hpp>

#include "events/job_events.hpp"

namespace orrery::batch {

/// What decides where a job may run, and how much of it it takes. Thousands of jobs have the same,
/// so that the scheduler looks at each shape once.
struct Shape {
  std::vector<std::string> partitions;
  std::string qos;
  JobResources resources;
  JobNodeWishes nodes;

  bool operator==(const Shape&) const = default;
  BOOST_DESCRIBE_CLASS(Shape, (), (partitions, qos, resources, nodes), (), ())

  std::uint64_t gpu_count() const {
    return std::uint64_t{resources.gpus_per_node} * resources.node_count;
  }
  std::uint64_t cpu_count() const {
    return std::uint64_t{resources.cpus_per_node} * resources.node_count;
  }
  std::uint64_t memory_mib() const {
    return std::uint64_t{resources.memory_mib_per_node} * resources.node_count;
  }
};

/// Every shape that some job has, once, by a small number. A number is given again when no job has
/// its shape any more.
class ShapeBook {
 public:
  /// Counts one more job of that shape.
  std::uint32_t add(Shape shape);
  /// One job less.
  void remove(std::uint32_t number);

  const Shape& operator[](std::uint32_t number) const { return entries_[number].shape; }
  /// Larger than every number in use.
  std::uint32_t number_count() const { return static_cast<std::uint32_t>(entries_.size()); }
  bool is_used(std::uint32_t number) const { return entries_[number].job_count != 0; }
  /// Changes with every new shape: what was derived from shapes has to be looked at.
  std::uint64_t change_count() const { return change_count_; }

 private:
  struct Entry {
    Shape shape;
    /// Its bytes: what it is found by.
    std::string key;
    std::uint32_t job_count = 0;
  };

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> unused_;
  std::unordered_map<std::string, std::uint32_t> index_;
  std::uint64_t change_count_ = 0;
};

}  // namespace orrery::batch
