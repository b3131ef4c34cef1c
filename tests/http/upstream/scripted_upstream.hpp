#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "http/upstream/upstream_target.hpp"

namespace orrery {

/// One connection to a scripted server, as its script sees it.
class ScriptedConnection {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  explicit ScriptedConnection(Socket& socket) : socket_(socket) {}

  /// The next request with its body; empty where the client has gone.
  std::string request() {
    std::size_t end = 0;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos)
      if (!receive()) return {};
    std::size_t size = end + 4;
    if (const auto at = received_.find("Content-Length: "); at < end)
      size += std::stoul(received_.substr(at + 16));
    while (received_.size() < size)
      if (!receive()) return {};
    auto request = received_.substr(0, size);
    received_.erase(0, size);
    return request;
  }

  /// False where the client has gone, or takes nothing for a while.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto size = ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (size <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(size));
    }
    return true;
  }

  /// How many of the bytes the client takes before it takes no more for 200 ms.
  std::size_t send_until_blocked(std::string_view bytes) {
    const timeval patience{0, 200'000};
    ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    std::size_t sent = 0;
    while (sent < bytes.size()) {
      const auto piece = bytes.substr(sent, 64 * 1024);
      const auto size = ::send(socket_.native_handle(), piece.data(), piece.size(), MSG_NOSIGNAL);
      if (size <= 0) break;
      sent += static_cast<std::size_t>(size);
    }
    const timeval for_ever{0, 0};
    ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_SNDTIMEO, &for_ever, sizeof for_ever);
    return sent;
  }

  /// Waits until the client closes.
  void await_end() {
    while (receive()) {
    }
  }

 private:
  bool receive() {
    char bytes[16 * 1024];
    const auto size = ::recv(socket_.native_handle(), bytes, sizeof bytes, 0);
    if (size <= 0) return false;
    received_.append(bytes, static_cast<std::size_t>(size));
    return true;
  }

  Socket& socket_;
  std::string received_;
};

/// A server that does to each connection, on a thread of its own, what a test tells it to: well or
/// badly. The connection is closed when the script is over.
class ScriptedUpstream {
 public:
  using Script = std::function<void(ScriptedConnection&)>;

  explicit ScriptedUpstream(Script script)
      : script_(std::move(script)),
        acceptor_(context_, {boost::asio::ip::make_address("127.0.0.1"), 0}) {
    acceptor_.listen(1024);
    thread_ = std::thread([this] { accept(); });
  }

  ~ScriptedUpstream() {
    stopping_ = true;
    boost::system::error_code ignored;
    ScriptedConnection::Socket waker(context_);
    waker.connect(acceptor_.local_endpoint(), ignored);
    thread_.join();
    {
      const std::scoped_lock lock(mutex_);
      for (auto& socket : sockets_)
        if (socket.is_open()) socket.shutdown(boost::asio::socket_base::shutdown_both, ignored);
    }
    for (auto& connection : connections_) connection.join();
  }

  UpstreamTarget target() const {
    return {"127.0.0.1", acceptor_.local_endpoint().port(), "", UpstreamReach::this_host};
  }
  std::size_t connection_count() const { return connection_count_; }

 private:
  void accept() {
    while (true) {
      ScriptedConnection::Socket socket(context_);
      boost::system::error_code error;
      acceptor_.accept(socket, error);
      if (stopping_ || error) return;
      ++connection_count_;
      const std::scoped_lock lock_sockets(mutex_);
      auto& kept = sockets_.emplace_back(std::move(socket));
      connections_.emplace_back([this, &kept] {
        ScriptedConnection connection(kept);
        script_(connection);
        const std::scoped_lock lock_close(mutex_);
        boost::system::error_code ignored;
        kept.shutdown(boost::asio::socket_base::shutdown_both, ignored);
        kept.close(ignored);
      });
    }
  }

  Script script_;
  boost::asio::io_context context_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::size_t> connection_count_{0};
  std::mutex mutex_;
  std::list<ScriptedConnection::Socket> sockets_;
  std::vector<std::thread> connections_;
  std::thread thread_;
};

/// An answer with a body and its length.
inline std::string plain_answer(std::string_view body, std::string_view status = "200 OK",
                                std::string_view type = "application/json") {
  return fmt::format("HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n{}", status,
                     type, body.size(), body);
}

constexpr std::string_view event_stream_head =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\n";

}  // namespace orrery
