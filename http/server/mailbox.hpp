#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include <boost/asio/io_context.hpp>

namespace orrery {

/// The way from any thread to one worker's thread. It outlives the worker: what is posted after
/// `close` is dropped. Posts that come close together cost the worker one wake-up.
class Mailbox {
 public:
  explicit Mailbox(boost::asio::io_context& context) : context_(&context) {}

  /// Any thread. `task` runs on the worker's thread, in the order of posts of one thread.
  void post(std::function<void()> task);

  /// The worker's: its `io_context` is about to go.
  void close();

 private:
  void drain();

  std::mutex mutex_;
  boost::asio::io_context* context_;
  std::vector<std::function<void()>> tasks_;
};

}  // namespace orrery
