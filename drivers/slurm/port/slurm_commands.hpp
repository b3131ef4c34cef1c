#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "drivers/slurm/port/command_runner.hpp"
#include "drivers/slurm/port/slurm_port.hpp"
#include "drivers/slurm/slurm_configuration.hpp"

namespace orrery {

/// A Slurm by its own programs: sbatch, squeue, scontrol and scancel, which know the cluster from
/// slurm.conf. Jobs are those of the user that runs this.
///
/// A job gets an environment of nothing but PATH. `--export=NONE` would have Slurm read that of a
/// login shell first: up to seconds in which signals hit nobody's script.
class SlurmCommands : public SlurmPort {
 public:
  explicit SlurmCommands(const SlurmAccess& access) : access_(access) {}

  SlurmResult<std::uint64_t> submit(const SlurmOrder& order) override;
  SlurmResult<std::vector<SlurmJob>> jobs() override;
  SlurmResult<std::vector<SlurmNode>> nodes() override;
  SlurmResult<std::vector<SlurmPartition>> partitions() override;
  SlurmResult<SlurmController> controller() override;
  SlurmResult<void> cancel(std::uint64_t id, const std::string& name) override;
  SlurmResult<void> signal(std::uint64_t id, const std::string& name, int signal) override;

  /// What sbatch is called with.
  static std::vector<std::string> submit_arguments(const SlurmOrder& order);

 private:
  /// What the program wrote, where it succeeded.
  SlurmResult<std::string> run(std::string_view program, std::vector<std::string> arguments,
                               std::string input = {}) const;
  SlurmResult<void> end(std::vector<std::string> arguments) const;

  SlurmAccess access_;
};

}  // namespace orrery
