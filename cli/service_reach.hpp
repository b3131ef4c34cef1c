#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "http/aifactory/service_logs.hpp"
#include "http/aifactory/service_targets.hpp"
#include "http/upstream/upstream_target.hpp"

namespace orrery {

class NodeView;

/// How this server gets at what its drivers run: whose hands work on a node says where its services
/// answer, and where they write.
class ServiceReach : public ServiceTargets, public ServiceLogs {
 public:
  /// `model_server_port` is where all simulated services answer, on loopback; in `runs` the
  /// local_process driver keeps what its processes write. `nodes` must outlive this.
  ServiceReach(const NodeView& nodes, std::uint16_t model_server_port, std::filesystem::path runs)
      : nodes_(&nodes), model_server_port_(model_server_port), runs_(std::move(runs)) {}

  std::optional<UpstreamTarget> target_of(const ServiceDetails& service) const override;
  /// Of a simulated service: a line for each step of its life.
  ServiceOutput output_of(const ServiceDetails& service) const override;

 private:
  bool is_local(const ServiceDetails& service) const;

  const NodeView* nodes_;
  std::uint16_t model_server_port_;
  std::filesystem::path runs_;
};

}  // namespace orrery
