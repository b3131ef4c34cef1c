#pragma once

#include <filesystem>
#include <optional>

#include "drivers/runs/bounded_log_reads.hpp"
#include "events/node_events.hpp"
#include "http/aifactory/service_logs.hpp"
#include "http/aifactory/service_targets.hpp"
#include "http/upstream/upstream_target.hpp"
#include "sim/simulated_model_server.hpp"

namespace orrery {

class NodeView;
class ServiceView;

/// How this server gets at what its drivers run: whose hands work on a node says where its services
/// answer, and where they write. Simulated ones answer here, on a port of their own.
class ServiceReach : public ServiceTargets, public ServiceLogs {
 public:
  /// In `local_runs` the local_process driver keeps what its processes write, in `slurm_runs` the
  /// slurm driver, on the file system that its nodes share; empty where there is no such driver.
  /// Both views must outlive this.
  ServiceReach(const ServiceView& services, const NodeView& nodes, std::filesystem::path local_runs,
               std::filesystem::path slurm_runs = {});

  /// Simulated services answer from now on. Throws `StartFailure` where they can't.
  void start();

  std::optional<UpstreamTarget> target_of(const ServiceDetails& service) const override;
  /// Of a simulated service: a line for each step of its life. Of one on a Slurm nothing while the
  /// shared file system hangs.
  ServiceOutput output_of(const ServiceDetails& service, std::size_t bytes_max) const override;

 private:
  /// Whose hands work on the node that the service is placed on.
  NodeDriver driver_of(const ServiceDetails& service) const;

  const NodeView* nodes_;
  std::filesystem::path local_runs_;
  std::filesystem::path slurm_runs_;
  BoundedLogReads shared_reads_;
  SimulatedModelServer simulated_;
};

}  // namespace orrery
