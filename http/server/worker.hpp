#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "http/server/edge_context.hpp"
#include "http/server/session.hpp"

namespace orrery {

/// What the workers of one server share.
struct WorkerSharing {
  const Router& router;
  const Limits& limits;
  /// Null: plain HTTP.
  boost::asio::ssl::context* tls = nullptr;
  /// Of all workers.
  std::atomic<std::size_t> connection_count{0};
  std::shared_ptr<RequestMemory> request_memory = std::make_shared<RequestMemory>();
};

/// One thread of the server: event loop, listening socket, sessions, and the one timer that looks
/// after all their deadlines.
class Worker {
 public:
  using Endpoint = boost::asio::ip::tcp::endpoint;

  /// Listens. Throws `boost::system::system_error` where it can't.
  Worker(WorkerSharing& sharing, WorkerMetrics& metrics, const Endpoint& endpoint);
  ~Worker();

  Endpoint endpoint() const { return acceptor_.local_endpoint(); }

  /// Serves until drained. The thread that calls this becomes the worker's.
  void run();

  /// Any thread. `run` returns when the last session has ended, or at the deadline.
  void drain();

 private:
  using Executor = boost::asio::io_context::executor_type;
  using Error = boost::system::error_code;
  using Timer = boost::asio::basic_waitable_timer<
      std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

  void accept();
  void on_accept(Error error);
  void take(Socket socket);
  void tick();
  void begin_drain();
  void close_sessions();
  template <class Visit>
  void for_each_session(Visit visit);

  WorkerSharing& sharing_;
  /// One thread runs it, which spares locks. Before all that lives on it.
  boost::asio::io_context context_{1};
  EdgeContext edge_;
  boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, Executor> acceptor_;
  Socket accepted_;
  Timer timer_;
  std::chrono::milliseconds tick_interval_;
  SessionList sessions_;
  /// A connection can be taken; false after the system refused one, until the next tick.
  bool accepting_ = false;
  EdgeContext::TimePoint drain_deadline_ = EdgeContext::TimePoint::max();
};

}  // namespace orrery
