#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

namespace orrery::slurm {

/// Nodes that one line of sinfo shows: those of a partition that are alike.
struct NodeGroup {
  /// As /slurm/v0.0.38/partitions shows it.
  const boost::json::object* partition = nullptr;
  /// As /slurm/v0.0.38/nodes shows them.
  std::vector<const boost::json::object*> nodes;

  const boost::json::object& first() const { return *nodes.front(); }
};

/// One field of sinfo's -o and -O.
struct NodeField {
  /// Of -o; empty where only -O knows it.
  std::string_view letter;
  /// Of -O, in lower case.
  std::string_view name;
  std::string_view title;
  /// About all nodes of the line; others must be the same for each.
  bool is_sum = false;
  std::string (*text)(const NodeGroup& group);
};
/// Null where there is none of that letter or name.
const NodeField* find_node_field(std::string_view letter_or_name);

/// "mixed", "drained*"; short: "mix", "drain*".
std::string node_state_text(const boost::json::object& node);
std::string short_node_state_text(const boost::json::object& node);
/// As sinfo orders lines: the larger first.
int node_state_rank(const boost::json::object& node);

/// GPUs of a node, of all of them and of those that jobs have.
struct GpuCounts {
  std::string model;
  std::uint32_t all = 0;
  std::uint32_t used = 0;
};
GpuCounts gpus_of(const boost::json::object& node);
/// Whether jobs may be sent there now.
bool takes_jobs(const boost::json::object& node);

}  // namespace orrery::slurm
