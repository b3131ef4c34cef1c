#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "http/gpushare/model_call.hpp"

namespace orrery {

/// Remembers what it is told. Any thread.
class RecordingSink : public gpushare::TokenSink {
 public:
  /// After so many pieces it wants no more.
  explicit RecordingSink(std::size_t piece_count_max = ~std::size_t{0})
      : piece_count_max_(piece_count_max) {}

  bool piece(std::string_view text) override {
    const std::lock_guard lock(mutex_);
    CHECK_FALSE((end_ || problem_));
    pieces_.emplace_back(text);
    changed_.notify_all();
    return pieces_.size() < piece_count_max_;
  }
  void end(std::uint32_t token_count) override {
    const std::lock_guard lock(mutex_);
    CHECK_FALSE((end_ || problem_));
    end_ = token_count;
    changed_.notify_all();
  }
  void fail(gpushare::ModelFault fault) override {
    const std::lock_guard lock(mutex_);
    CHECK_FALSE((end_ || problem_));
    problem_ = fault.problem;
    changed_.notify_all();
  }

  std::vector<std::string> pieces() const {
    const std::lock_guard lock(mutex_);
    return pieces_;
  }
  std::string text() const {
    std::string all;
    for (const auto& piece : pieces()) all += piece;
    return all;
  }
  std::optional<std::uint32_t> end_token_count() const {
    const std::lock_guard lock(mutex_);
    return end_;
  }
  std::optional<gpushare::ModelProblem> problem() const {
    const std::lock_guard lock(mutex_);
    return problem_;
  }

  /// Fails the test after ten seconds.
  void wait_for_end() const {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, std::chrono::seconds(10), [&] { return end_ || problem_; }));
  }
  void wait_for_pieces(std::size_t count) const {
    std::unique_lock lock(mutex_);
    REQUIRE(
        changed_.wait_for(lock, std::chrono::seconds(10), [&] { return pieces_.size() >= count; }));
  }

 private:
  std::size_t piece_count_max_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<std::string> pieces_;
  std::optional<std::uint32_t> end_;
  std::optional<gpushare::ModelProblem> problem_;
};

}  // namespace orrery
