#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "actors/runtime/tailer.hpp"

namespace orrery {

/// Registers the GPUs of every node that joined: NodeRegistered → `Gpu::Register` for each index.
/// A node is forgotten once all its GPUs are registered.
class NodeProcess {
 public:
  using Owed = OwedCommand;
  static constexpr std::string_view name = "process/node";

  void apply(const RecordedEvent& event);
  std::vector<OwedCommand> due();
  std::vector<OwedCommand> resume();
  void refused(const RefusedCommand& command);
  void save(std::string& out) const;
  void load(std::string_view bytes);

 private:
  struct Pending {
    std::string gpu_model;
    std::uint32_t gpu_count = 0;
    /// Bit i is set once GPU i is registered.
    std::uint32_t registered = 0;
    std::uint64_t causation = 0;
    std::string correlation;

    BOOST_DESCRIBE_CLASS(Pending, (), (gpu_model, gpu_count, registered, causation, correlation),
                         (), ())
  };
  static void append_owed(const std::string& node_id, const Pending& node,
                          std::vector<OwedCommand>& commands);

  std::map<std::string, Pending, std::less<>> nodes_;
  bool resumed_ = false;
  /// Nodes that joined since the last question.
  std::vector<std::string> fresh_;
};

static_assert(CommandingTailer<NodeProcess>);

}  // namespace orrery
