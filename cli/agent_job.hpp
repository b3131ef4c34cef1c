#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/gpushare/model_call.hpp"

namespace orrery {

/// A question that an agent has: what the model has said and the server doesn't have yet. For one
/// thread.
class AgentJob {
 public:
  /// What may wait for the server.
  static constexpr std::size_t waiting_bytes_max = 4u << 20;

  AgentJob(std::string asked_model, std::string text)
      : model(std::move(asked_model)), question(std::move(text)) {}

  void put(std::string piece);
  void put_end(std::uint32_t token_count) { end_token_count_ = token_count; }
  void put_problem(gpushare::ModelProblem problem) { problem_ = problem; }
  /// What waits can't be delivered: it fails without.
  void give_up();
  bool has_given_up() const { return pieces_.empty() && problem_; }

  bool has_ended() const { return end_token_count_ || problem_; }
  bool has_something() const { return !pieces_.empty() || has_ended(); }

  /// The body of the next delivery, until `delivered` or `not_delivered`.
  std::string delivery();
  /// True where it was the last one.
  bool delivered();
  void not_delivered() { in_flight_count_ = 0; }

  std::string model;
  std::string question;
  /// The model server has been asked.
  bool is_asked = false;
  /// While it says something.
  std::shared_ptr<gpushare::ModelCall> call;
  /// A delivery is under way.
  std::optional<std::uint64_t> transfer;
  unsigned failure_count = 0;
  std::chrono::steady_clock::time_point not_before{};

 private:
  std::deque<std::string> pieces_;
  std::size_t waiting_bytes_ = 0;
  /// Number of the first of them.
  std::uint64_t first_ = 0;
  std::size_t in_flight_count_ = 0;
  bool end_is_in_flight_ = false;
  std::optional<std::uint32_t> end_token_count_;
  std::optional<gpushare::ModelProblem> problem_;
};

}  // namespace orrery
