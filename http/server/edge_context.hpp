#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "http/server/answer_batch.hpp"
#include "http/server/edge_metrics.hpp"
#include "http/server/limits.hpp"
#include "http/server/mailbox.hpp"
#include "http/server/request_reader.hpp"
#include "http/server/router.hpp"

namespace orrery {

/// Draws ids for requests that bring none: a prefix of this thread and start, and a counter.
class RequestIds {
 public:
  RequestIds();
  /// Writes the next id into `id`, whose memory is reused.
  void draw(std::string& id);

 private:
  std::string prefix_;
  std::uint64_t count_ = 0;
};

/// What the sessions of one worker share. Its thread only.
struct EdgeContext {
  using TimePoint = std::chrono::steady_clock::time_point;

  const Router& router;
  const Limits& limits;
  WorkerMetrics& metrics;
  std::shared_ptr<Mailbox> mailbox;
  /// Open connections of all workers, without those that are being refused.
  std::atomic<std::size_t>& connection_count;
  /// Of all workers.
  std::shared_ptr<RequestMemory> request_memory = std::make_shared<RequestMemory>();
  /// Connections that are being refused.
  std::size_t refused_count = 0;
  RequestIds ids;
  /// For the `Date` header; written anew with each tick.
  std::string date;
  /// As of the last tick: what deadlines are made of, so that they cost no clock call.
  TimePoint now;
  /// Every answer is a connection's last.
  bool draining = false;
  /// Where answers are gathered until they are sent, which is mostly at once.
  AnswerBatch scratch;
  /// Where bytes go that nobody wants.
  std::array<char, 16 * 1024> discard;
};

}  // namespace orrery
