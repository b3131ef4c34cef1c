#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "drivers/owner/heartbeat_watch.hpp"
#include "http/gpushare/model_call.hpp"
#include "http/transfers/http_transfers.hpp"

namespace orrery {

/// What others tell an agent's thread.
struct AgentMessage {
  struct Piece {
    std::string text;
  };
  struct Ended {
    std::uint32_t token_count = 0;
  };
  struct Failed {
    gpushare::ModelProblem problem{};
  };
  struct Telemetry {
    std::vector<GpuTelemetry> gpus;
  };
  struct Stop {};

  /// Of what the model says; else empty.
  std::string job;
  std::variant<Piece, Ended, Failed, Telemetry, Stop> what;
};

/// From other threads to the agent's. Any thread.
class AgentInbox {
 public:
  explicit AgentInbox(HttpTransfers& transfers) : transfers_(&transfers) {}

  void put(AgentMessage message) {
    const std::lock_guard lock(mutex_);
    messages_.push_back(std::move(message));
    if (transfers_ != nullptr) transfers_->wake();
  }
  std::vector<AgentMessage> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(messages_, {});
  }
  /// The agent has ended; a model may still say something.
  void close() {
    const std::lock_guard lock(mutex_);
    transfers_ = nullptr;
  }

 private:
  std::mutex mutex_;
  HttpTransfers* transfers_;
  std::vector<AgentMessage> messages_;
};

/// What the model says about one question.
class AgentSink : public gpushare::TokenSink {
 public:
  AgentSink(std::shared_ptr<AgentInbox> inbox, std::string job)
      : inbox_(std::move(inbox)), job_(std::move(job)) {}

  bool piece(std::string_view text) override {
    inbox_->put({job_, AgentMessage::Piece{std::string(text)}});
    return true;
  }
  void end(std::uint32_t token_count) override {
    inbox_->put({job_, AgentMessage::Ended{token_count}});
  }
  void fail(gpushare::ModelFault fault) override {
    inbox_->put({job_, AgentMessage::Failed{fault.problem}});
  }

 private:
  std::shared_ptr<AgentInbox> inbox_;
  std::string job_;
};

}  // namespace orrery
