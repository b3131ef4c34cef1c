#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/owner/heartbeat_watch.hpp"
#include "http/gpushare/model_call.hpp"

namespace orrery {

struct AgentConfiguration {
  /// "https://orrery.example"
  std::string server_url;
  std::string node_token;
  /// Certificates to trust; empty: the system's.
  std::string ca_file = {};
  /// Questions that the model server is asked at once; others wait.
  std::uint32_t concurrency = 16;
  /// At most; the server may want more of them.
  std::chrono::milliseconds heartbeat_interval{30'000};
  /// Before another attempt where the server gives no answer; doubles.
  std::chrono::milliseconds backoff_first{250};
  std::chrono::milliseconds backoff_max{15'000};
  /// A connection that lived so long was none of the failures.
  std::chrono::milliseconds settled_after{10'000};
  /// How long it finishes what it has when it is told to stop.
  std::chrono::milliseconds finish_max{30'000};
};

/// What the agent works with. Questions and answers go nowhere else, and into no log.
struct AgentHands {
  /// Asks the model server beside it.
  std::function<std::shared_ptr<gpushare::ModelCall>(std::string model, std::string question,
                                                     std::shared_ptr<gpushare::TokenSink>)>
      ask;
  /// How the GPUs are doing. On a thread of its own; may take seconds. Empty: nobody knows.
  std::function<std::vector<GpuTelemetry>()> telemetry;
  /// One line for people.
  std::function<void(std::string_view)> log;
};

/// The other end of `gpushare::Agents`: dials in, takes work, and brings what the model says piece
/// by piece. Where the server or the network fails it comes back, and goes on.
class Agent {
 public:
  Agent(AgentConfiguration configuration, AgentHands hands);
  ~Agent();
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  enum class End : std::uint8_t {
    /// As it was told.
    stopped,
    /// The server knows the node no longer.
    token_refused,
    /// Another agent works for the same node.
    replaced,
  };
  /// Works until its end, on this thread.
  End run();
  /// Takes no new work, and ends when what it has is done, or `finish_max` is over. Any thread.
  void stop();

 private:
  class Work;
  std::unique_ptr<Work> work_;
};

}  // namespace orrery
