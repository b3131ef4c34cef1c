#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace orrery {

struct UpstreamTarget;

/// The model servers of all simulated services: OpenAI's API of each below /services/<id>/v1, on
/// one port of the loopback device. What it says follows from the prompt alone, and says that it is
/// simulated. So whoever talks to services does it the same way whether a model stands behind them
/// or none.
///
/// Models known for having no chat template ("gpt2", "opt") refuse to chat, as vLLM does for them.
class SimulatedModelServer {
 public:
  /// The model that the service serves now; nothing where it doesn't. Called on the server's
  /// threads.
  using ModelOf = std::function<std::optional<std::string>(std::string_view service_id)>;

  explicit SimulatedModelServer(ModelOf model_of);
  /// Drains.
  ~SimulatedModelServer();

  /// Listens and returns. Throws `boost::system::system_error` where it can't.
  void start();

  /// Valid after `start`, as is what follows.
  std::uint16_t port() const;
  /// Where a service is reached.
  UpstreamTarget target_of(std::string_view service_id) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace orrery
