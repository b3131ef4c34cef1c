#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/slurm/inventory/slurm_user.hpp"
#include "drivers/slurm/port/slurm_port.hpp"

namespace orrery {

/// The partitions of a Slurm, and which of them our jobs can go to. One that isn't known, for Slurm
/// hasn't said yet what there is, is thought to be open to us.
class SlurmPartitions {
 public:
  /// `wanted`: of all jobs; empty: whichever has their nodes.
  SlurmPartitions(std::string wanted, SlurmUser user)
      : wanted_(std::move(wanted)), user_(std::move(user)) {}

  void see(std::vector<SlurmPartition> partitions);

  /// Why nothing of ours runs on a node that is in these; empty: it does.
  std::string why_closed(const std::vector<std::string>& of_node) const;
  /// Whether jobs of ours go to any of these, open or not.
  bool is_among(const std::vector<std::string>& of_node) const;
  /// For a job on nodes of which each is in some: the wanted one, or of those that all are in the
  /// first that is open, or else the first. None where there is no such.
  std::optional<std::string> choose(std::span<const std::vector<std::string>> of_nodes) const;
  /// 0: no limit.
  std::uint32_t time_limit_min_max(std::string_view name) const;

 private:
  std::string why_closed(const std::string& name) const;

  std::string wanted_;
  SlurmUser user_;
  std::map<std::string, SlurmPartition, std::less<>> partitions_;
};

}  // namespace orrery
