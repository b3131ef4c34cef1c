#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/runtime/tailer.hpp"

namespace orrery {

/// Decides which GPUs a lease gets. Pure: it folds clusters, nodes, GPUs and leases from the log
/// into a fleet of its own and owes `Gpu::Claim`, `Gpu::Release`, `Lease::Grant`, `Lease::Queue`,
/// `Lease::Refuse` and `Lease::Expire` (docs/adr/ has the reasons).
///
/// A lease's way: requested → a plan (node, GPUs, a new fence) → every GPU claimed → granted. A GPU
/// may refuse its claim; then the plan is given back and made anew. GPUs of a lease that has ended
/// count as free at once: their release is sent before any new claim of them.
///
/// No room: refused ("out_of_stock") or queued, as the request says. A queue is first come first
/// served within a pool (cluster and GPU model): nobody passes the head. A request that no node of
/// the pool could ever hold is refused even where others wait, so it never blocks the queue. Who
/// wants one node alone waits for nobody: he has it at once or is refused.
class Placement {
 public:
  using Owed = OwedCommand;
  static constexpr std::string_view name = "placement.4";
  /// Who its commands are from.
  static constexpr std::string_view origin_name = "placement";
  /// Reasons of `LeaseRefused` and `LeaseExpired`.
  static constexpr std::string_view out_of_stock = "out_of_stock";
  static constexpr std::string_view larger_than_any_node = "larger_than_any_node";
  static constexpr std::string_view node_lost = "node_lost";

  Placement();
  ~Placement();
  Placement(Placement&&) noexcept;
  Placement& operator=(Placement&&) noexcept;

  void apply(const RecordedEvent& event);
  std::vector<OwedCommand> due();
  std::vector<OwedCommand> resume();
  void refused(const RefusedCommand& command);
  void save(std::string& out) const;
  void load(std::string_view bytes);

 private:
  class State;
  std::unique_ptr<State> state_;
};

static_assert(CommandingTailer<Placement>);

}  // namespace orrery
