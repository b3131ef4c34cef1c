#pragma once

#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "actors/placement/placement.hpp"
#include "tests/support/rule_world.hpp"

namespace orrery {

/// A placement that is told events one by one, and what it owes as text.
class Told {
 public:
  static constexpr auto* model = "A40-48GB";

  explicit Told(PlacementStrategy strategy = PlacementStrategy::pack) {
    machine_.resume();
    tell("cluster/c", ClusterDeclared{"east", WhenFull::queue, strategy});
  }

  std::string tell(const std::string& stream, Event event) {
    machine_.apply({++position_, stream, 0, Time{}, {"test", 0, "r1"}, std::move(event)});
    last_ = machine_.due();
    return command_text(last_);
  }

  void add_node(const std::string& id, std::uint32_t gpu_count) {
    add_node(id, NodeRegistered{"c", model, gpu_count});
  }

  void add_node(const std::string& id, const NodeRegistered& description) {
    tell("node/" + id, description);
    for (std::uint32_t i = 0; i < description.gpu_count; ++i)
      tell("gpu/" + gpu_id(id, i), GpuRegistered{id, i, description.gpu_model});
    tell("node/" + id, NodeBecameReady{});
  }

  std::string request(const std::string& id, std::uint32_t gpu_count,
                      WhenFull when_full = WhenFull::refuse) {
    return tell("lease/" + id, LeaseRequested{"job/x", "c", model, gpu_count, when_full});
  }

  std::string request(const std::string& id, const LeaseRequested& wish) {
    return tell("lease/" + id, wish);
  }

  /// The same, and returns the node of the grant.
  std::string grant(const std::string& id, std::uint32_t gpu_count) {
    request(id, gpu_count);
    return happen();
  }
  std::string grant(const std::string& id, const LeaseRequested& wish) {
    request(id, wish);
    return happen();
  }

  /// Lets every claim and grant that is owed happen, and returns the node of the last grant.
  std::string happen() {
    std::string node_id;
    for (auto owed = last_; !owed.empty();) {
      std::vector<OwedCommand> next;
      for (const auto& command : owed) {
        if (auto granted = happen(command); !granted.empty()) node_id = granted;
        next.insert(next.end(), last_.begin(), last_.end());
      }
      owed = std::move(next);
    }
    last_.clear();
    return node_id;
  }

  std::string refuse_claim(const std::string& gpu, Gpu::Rejection reason) {
    const auto& to = std::get<To<Gpu>>(last_.front().command);
    CHECK(to.id == gpu);
    machine_.refused(Rejected<Gpu>{to.id, to.command, reason});
    last_ = machine_.due();
    return command_text(last_);
  }

  std::uint64_t fence_of_last_claim() const {
    return std::get<Gpu::Claim>(std::get<To<Gpu>>(last_.back().command).command).fence;
  }

 private:
  std::string happen(const OwedCommand& owed) {
    if (const auto* gpu = std::get_if<To<Gpu>>(&owed.command)) {
      const auto* claim = std::get_if<Gpu::Claim>(&gpu->command);
      if (claim) tell("gpu/" + gpu->id, GpuClaimed{claim->lease_id, claim->fence});
      const auto* release = std::get_if<Gpu::Release>(&gpu->command);
      if (release) tell("gpu/" + gpu->id, GpuReleased{release->lease_id});
      return "";
    }
    const auto& lease = std::get<To<Lease>>(owed.command);
    const auto* grant = std::get_if<Lease::Grant>(&lease.command);
    if (!grant) {
      last_.clear();
      return "";
    }
    tell("lease/" + lease.id, grant->grant);
    return grant->grant.node_id;
  }

  Placement machine_;
  Position position_ = 0;
  std::vector<OwedCommand> last_;
};

}  // namespace orrery
