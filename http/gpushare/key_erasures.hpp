#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

#include "storage/event_log.hpp"

namespace orrery {

class ClientView;
class SubjectKeys;

/// Erases the keys of people who are gone: erased by whomever, or refused the names with which they
/// wanted to become clients, also where nobody waits for them any more. Hang it to the log actor
/// after the views. It works on a thread of its own, for erasing a key waits for the disk. What a
/// kill leaves undone is the start's to do (`ClientView::erased`).
class KeyErasures final : public CommitListener {
 public:
  KeyErasures(const ClientView& clients, SubjectKeys& keys);
  /// Erases what is left to do.
  ~KeyErasures() override;

  void on_commit(const CommittedBatch& batch) override;

 private:
  void run(const std::stop_token& stopping);

  const ClientView& clients_;
  SubjectKeys& keys_;
  std::mutex mutex_;
  std::condition_variable_any woken_;
  std::deque<std::string> client_ids_;
  /// The last, so that it ends before what it uses goes.
  std::jthread thread_;
};

}  // namespace orrery
