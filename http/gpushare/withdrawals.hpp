#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "storage/event_log.hpp"

namespace orrery::gpushare {

class Agents;

/// Tells agents that their nodes are withdrawn, whoever withdrew them: their streams end, and what
/// they had under way has failed. Hang it to the log actor after the views. On a thread of its own:
/// questions that fail have more to do than the log's thread has time for.
class Withdrawals : public CommitListener {
 public:
  explicit Withdrawals(Agents& agents);
  /// Joins its thread.
  ~Withdrawals() override;
  Withdrawals(const Withdrawals&) = delete;
  Withdrawals& operator=(const Withdrawals&) = delete;

  void on_commit(const CommittedBatch& batch) override;

 private:
  void run();

  Agents& agents_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_stopping_ = false;
  /// Ids of shared nodes.
  std::vector<std::string> withdrawn_;
  std::thread thread_;
};

}  // namespace orrery::gpushare
