#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "actors/runtime/command.hpp"
#include "sim/seeded_random.hpp"

namespace orrery {

/// What the users of services want of a small fleet, drawn by chance: services alone and in groups,
/// and their end. Ids count up: the same seed wants the same.
class ServiceWorkload {
 public:
  explicit ServiceWorkload(std::vector<std::string> clusters) : clusters_(std::move(clusters)) {}

  /// A service, or now and then a group; of GPUs or of processors alone; now and then larger than
  /// any node. Some may run for some minutes only.
  AddressedCommand create(SeededRandom& random);
  /// Stops one of the services, or cancels one of the groups, asked for so far.
  AddressedCommand stop(SeededRandom& random) const;
  /// Of everything asked for so far.
  std::vector<AddressedCommand> stop_all() const;

  /// Replicas count.
  std::size_t service_count() const { return service_count_; }
  static std::string service_id(std::size_t index) { return std::to_string(index + 1); }

 private:
  ServiceSpecification draw(SeededRandom& random) const;
  AddressedCommand create_group(SeededRandom& random);

  std::vector<std::string> clusters_;
  std::size_t service_count_ = 0;
  std::vector<std::string> group_ids_;
};

}  // namespace orrery
