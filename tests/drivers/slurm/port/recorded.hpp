#pragma once

#include <string>

#include "drivers/runs/file_text.hpp"
#include "drivers/slurm/port/slurm_port.hpp"
#include "tests/support/project_folders.hpp"

namespace orrery {

/// What a Slurm 22.05 said, with some lines left out.
inline std::string recorded(const std::string& name) {
  return read_file_text(source_folder() / "tests/drivers/slurm/port/recorded" / name);
}

/// The node a1, whichever way it was asked for.
inline SlurmNode recorded_a1() {
  SlurmNode node;
  node.name = "a1";
  node.address = "127.0.0.1";
  node.gpu_type = "a100";
  node.gpu_count = 4;
  node.gpus_used = 2;
  node.cpu_count = 64;
  node.cpus_used = 2;
  node.memory_mib = 515'000;
  node.memory_used_mib = 1'000;
  node.features = {"a100"};
  node.partitions = {"gpu"};
  return node;
}

/// The partitions there, whichever way they were asked for.
inline std::vector<SlurmPartition> recorded_partitions() {
  std::vector<SlurmPartition> partitions(4);
  for (auto& partition : partitions) partition.state = "UP";
  partitions[0].name = "gpu";
  partitions[0].time_limit_min_max = 7 * 24 * 60;
  partitions[0].time_limit_min_default = 60;
  partitions[1].name = "cpu";
  partitions[1].time_limit_min_max = 120;
  partitions[1].groups = {"nogroup"};
  partitions[2].name = "closed";
  partitions[2].state = "INACTIVE";
  partitions[2].time_limit_min_max = 26 * 60 + 4;
  partitions[2].accounts = {"chem", "physics"};
  partitions[2].is_for_root_only = partitions[2].needs_reservation = true;
  partitions[3].name = "notroot";
  partitions[3].state = "DOWN";
  partitions[3].accounts_denied = {"bad"};
  partitions[3].is_closed_to_root = true;
  return partitions;
}

}  // namespace orrery
