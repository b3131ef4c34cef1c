#include "sim/clusters/simulated_clusters_actor.hpp"

#include <memory>
#include <utility>
#include <vector>

#include "actors/runtime/command_sender.hpp"
#include "actors/runtime/tail_shell.hpp"
#include "sim/clusters/cluster_births.hpp"
#include "sim/clusters/simulated_clusters.hpp"

namespace orrery {
namespace {

constexpr std::size_t commands_in_flight_max = 16;

/// Commands go to the aggregates, mishaps to the driver, and as many births to the log as may be
/// under way.
class SimulationSender {
 public:
  SimulationSender(caf::event_based_actor* self, SimulatedClusters& clusters, caf::actor log,
                   const CommandBus& bus, caf::actor driver,
                   const SimulatedClustersConfiguration& configuration)
      : self_(self),
        clusters_(clusters),
        log_(std::move(log)),
        driver_(std::move(driver)),
        configuration_(configuration),
        sender_(self, bus, commands_in_flight_max, {{}, {}}) {
    clusters_.set_time_scale(configuration.time_scale);
    tick_later();
  }

  void send(std::vector<SimulationOrder> owed) {
    for (auto& order : owed) std::visit([this](auto& told) { tell(told); }, order);
    pump();
  }

  /// Comes with every tick.
  void retry() {
    tick_later();
    sender_.retry();
    for (const auto& node : std::exchange(failed_, {})) register_node(*node);
    pump();
  }

 private:
  void tell(OwedCommand& command) {
    std::vector<OwedCommand> one;
    one.push_back(std::move(command));
    sender_.send(std::move(one));
  }
  template <class Mishap>
  void tell(Mishap& mishap) {
    self_->send(driver_, std::move(mishap));
  }

  void tick_later() { self_->delayed_send(self_, configuration_.tick_interval, Tick{}); }

  /// A node and its GPUs stand side by side in a group, so nobody sees one without the others, or
  /// hardly ever: then the node process does what remains.
  void pump() {
    while (failed_.empty() && in_flight_ < configuration_.appends_in_flight_max) {
      auto node = clusters_.take_missing();
      if (!node) return;
      register_node(*node);
    }
  }

  void register_node(const NodeToBe& node) {
    const auto shared = std::make_shared<const NodeToBe>(node);
    for (auto& append : births_of_node(node.cluster, node.machines, node.number, node.origin)) {
      ++in_flight_;
      self_->request(log_, caf::infinite, std::move(append))
          .then([this](const Appended&) { settled(); },
                [this, shared](const caf::error& failure) { not_appended(shared, failure); });
    }
  }

  /// Where somebody was first, the stream isn't empty, and what it says counts.
  void not_appended(const std::shared_ptr<const NodeToBe>& node, const caf::error& failure) {
    const bool is_there = append_error_of(failure) == AppendError::wrong_expected_version;
    if (!is_there && (failed_.empty() || failed_.back() != node)) failed_.push_back(node);
    settled();
  }

  void settled() {
    --in_flight_;
    // A few at once: the log's groups should be filled, and this actor not asked for each.
    if (in_flight_ * 4 <= configuration_.appends_in_flight_max * 3) pump();
  }

  caf::event_based_actor* self_;
  SimulatedClusters& clusters_;
  caf::actor log_;
  caf::actor driver_;
  SimulatedClustersConfiguration configuration_;
  CommandSender sender_;
  std::size_t in_flight_ = 0;
  /// The log took not all that they are; they wait for the next tick.
  std::vector<std::shared_ptr<const NodeToBe>> failed_;
};

}  // namespace

caf::actor spawn_simulated_clusters(caf::actor_system& system, LogAccess log, CommandBus bus,
                                    caf::actor driver, SimulatedClustersConfiguration configuration,
                                    TailConfiguration tail) {
  auto log_actor = log.actor;
  return system.spawn(tail_actor<SimulatedClusters, SimulationSender>, std::move(log), tail,
                      [=](caf::event_based_actor* self, SimulatedClusters& clusters) {
                        return std::make_shared<SimulationSender>(self, clusters, log_actor, bus,
                                                                  driver, configuration);
                      });
}

}  // namespace orrery
