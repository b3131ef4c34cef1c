#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "http/auth/numbers.hpp"
#include "http/gpushare/dispatcher.hpp"
#include "http/gpushare/model_call.hpp"
#include "http/gpushare/node_loads.hpp"

namespace orrery::gpushare {

class InferenceCall;

/// What the questions of one dispatcher share. Any thread.
class DispatchDesk {
 public:
  using TimePoint = NodeLoads::TimePoint;

  DispatchDesk(Dispatcher::Dependencies given, Dispatcher::Limits limited)
      : dependencies(given), limits(limited) {}

  const Dispatcher::Dependencies dependencies;
  const Dispatcher::Limits limits;
  NodeLoads loads;
  Numbers numbers;
  std::atomic<std::uint64_t> asked_count{0}, answered_count{0}, failed_count{0}, retried_count{0};

  /// A live node with the model, other than `except`, which has one more question from now on; null
  /// where there is none.
  SharingView::Node choose(std::string_view model, std::string_view except, TimePoint now);
  bool is_live(const SharedNodeDetails& node) const;
  ModelSource& source_of(const SharedNodeDetails& node) const;

  /// Whether one more of this client may be under way; then it is.
  enum class Entry : std::uint8_t { taken, full, full_for_client, closed };
  Entry enter(const std::shared_ptr<InferenceCall>& call, const std::string& client_id);
  void leave(const InferenceCall& call, const std::string& client_id);
  std::vector<std::shared_ptr<InferenceCall>> running() const;
  std::size_t running_count() const;
  /// Nothing enters any more; what is there goes out.
  std::vector<std::shared_ptr<InferenceCall>> close();

 private:
  mutable std::mutex mutex_;
  bool is_closed_ = false;
  std::unordered_map<const InferenceCall*, std::shared_ptr<InferenceCall>> running_;
  std::unordered_map<std::string, std::size_t> running_of_client_;
};

}  // namespace orrery::gpushare
