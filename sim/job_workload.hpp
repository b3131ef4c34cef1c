#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "actors/runtime/command.hpp"
#include "sim/seeded_random.hpp"

namespace orrery {

/// What the people of a small center want of its batch system, drawn by chance: jobs alone and in
/// arrays, on one node or two; holds, changes, requeues, signals and cancels; suspensions of a
/// user. Ids count up: the same seed wants the same.
class JobWorkload {
 public:
  /// The nodes are those of the cluster.
  JobWorkload(std::string cluster, std::vector<std::string> nodes)
      : cluster_(std::move(cluster)), nodes_(std::move(nodes)) {}

  /// The policy and the people to begin with.
  std::vector<AddressedCommand> center() const;

  /// A job, or now and then an array; now and then one that waits for another.
  AddressedCommand submit(SeededRandom& random);
  /// Something about a job that was asked for so far.
  AddressedCommand want(SeededRandom& random) const;
  /// A user is suspended or reinstated, or the policy changes.
  AddressedCommand administer(SeededRandom& random) const;
  /// Everybody may use the center again, and nothing that was asked for so far goes on.
  std::vector<AddressedCommand> stop_all() const;

  /// Tasks count.
  std::size_t job_count() const { return job_count_; }
  static std::string job_id(std::size_t index) { return std::to_string(index + 1); }

 private:
  BatchPolicy policy(std::uint32_t idle_after_min) const;
  JobSpecification draw(SeededRandom& random) const;
  AddressedCommand submit_array(SeededRandom& random);
  Job::Command draw_wish(SeededRandom& random) const;

  std::string cluster_;
  std::vector<std::string> nodes_;
  std::size_t job_count_ = 0;
  std::vector<std::string> array_ids_;
};

}  // namespace orrery
