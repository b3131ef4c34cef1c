#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "http/upstream/upstream_limits.hpp"
#include "http/upstream/upstream_target.hpp"

namespace orrery {

/// A connection to a server. It counts against the limits while it exists.
class UpstreamConnection {
 public:
  using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp,
                                                  boost::asio::io_context::executor_type>;

  using Count = std::shared_ptr<std::size_t>;

  /// Of its target's connections, and of all.
  UpstreamConnection(boost::asio::io_context& context, Count of_target, Count of_all)
      : socket(context), of_target_(std::move(of_target)), of_all_(std::move(of_all)) {
    ++*of_target_;
    ++*of_all_;
  }
  ~UpstreamConnection() {
    --*of_target_;
    --*of_all_;
  }
  UpstreamConnection(const UpstreamConnection&) = delete;
  UpstreamConnection& operator=(const UpstreamConnection&) = delete;

  Socket socket;
  /// It has carried an exchange before: the server may be closing it just now.
  bool is_reused = false;

 private:
  Count of_target_, of_all_;
};

/// Connections that wait for the next request to their target. On the client's thread.
class ConnectionPool {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Connection = std::unique_ptr<UpstreamConnection>;

  ConnectionPool(boost::asio::io_context& context, const UpstreamLimits& limits)
      : context_(context), limits_(limits) {}

  /// One that waits and on which nothing has come meanwhile; else null.
  Connection take(const UpstreamTarget& target);
  /// A new one that isn't connected yet; null where there are too many.
  Connection make(const UpstreamTarget& target);
  void give_back(const UpstreamTarget& target, Connection connection, TimePoint now);

  /// Closes those that have waited too long.
  void tick(TimePoint now);
  void clear();

  std::size_t idle_count() const;
  std::size_t count() const { return *count_; }

 private:
  struct Idle {
    Connection connection;
    TimePoint since;
  };
  struct Home {
    /// Open ones, idle or not.
    UpstreamConnection::Count count = std::make_shared<std::size_t>(0);
    /// The longest idle first.
    std::vector<Idle> idle;
  };

  Home& home_of(const UpstreamTarget& target);

  boost::asio::io_context& context_;
  const UpstreamLimits& limits_;
  UpstreamConnection::Count count_ = std::make_shared<std::size_t>(0);
  std::unordered_map<std::string, Home> homes_;
};

}  // namespace orrery
