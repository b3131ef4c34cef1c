#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "cli/slurm/client.hpp"
#include "cli/slurm/columns.hpp"

namespace orrery::slurm {

/// Which nodes sinfo shows, and how. Lists with commas between; empty: all.
struct NodeWishes {
  std::string partitions;
  /// A host list.
  std::string names;
  std::string states;
  /// One line each.
  bool each_node = false;
  /// Only those of which somebody said why they take no jobs.
  bool reasons = false;
};

/// Points into answers, which outlive it.
struct Fleet {
  /// As /slurm/v0.0.38/nodes and /partitions list them.
  Fleet(const boost::json::array& all_nodes, const boost::json::array& all_partitions);

  std::map<std::string, const boost::json::object*, std::less<>> nodes;
  std::vector<const boost::json::object*> partitions;
};

/// What sinfo prints: a line for nodes of a partition that are alike.
Result<std::string> fleet_text(const std::vector<Column>& columns, const NodeWishes& wishes,
                               const Fleet& fleet, bool with_header);

}  // namespace orrery::slurm
