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

}  // namespace orrery
