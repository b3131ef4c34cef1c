#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/json/array.hpp>

namespace orrery::aicenter {

/// What Slurm counts ("trackable resources") of a node, a partition or a job.
struct Tres {
  std::uint64_t cpus = 0;
  std::uint64_t memory_mib = 0;
  std::uint64_t nodes = 0;
  std::uint64_t billing = 0;
  std::uint64_t gpus = 0;

  bool operator==(const Tres&) const = default;
};

/// "cpu=64,mem=500G,node=1,billing=64,gres/gpu=4": what is 0 is left out. Empty where all is.
std::string tres_text(const Tres& tres);

/// "500G" where it is whole, else "515000M".
std::string memory_text(std::uint64_t mib);

/// As the accounting shows it: one object each with type, name, id and count. What is 0 is left
/// out.
boost::json::array tres_json(const Tres& tres);

/// One of them, by Slurm's number of it: 1 cpu, 2 mem, 3 energy, 4 node, 5 billing … 1001 gres/gpu.
/// `count` may be null.
boost::json::object tres_json(std::uint32_t id, boost::json::value count);

/// All that the accounting knows of.
boost::json::array known_tres();

/// "0-1,3"; "N/A" where there are none. Ascending.
std::string index_ranges(const std::vector<std::uint32_t>& indices);

}  // namespace orrery::aicenter
