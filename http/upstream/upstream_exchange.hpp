#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "http/server/mailbox.hpp"
#include "http/upstream/connection_pool.hpp"
#include "http/upstream/response_reader.hpp"
#include "http/upstream/upstream_client.hpp"
#include "http/upstream/upstream_stream.hpp"

namespace orrery {

/// What the exchanges of one client share. Its thread only, but for the mailbox.
struct UpstreamRuntime {
  explicit UpstreamRuntime(const UpstreamLimits& shared)
      : limits(shared), mailbox(std::make_shared<Mailbox>(context)), pool(context, shared) {}

  const UpstreamLimits& limits;
  boost::asio::io_context context{1};
  std::shared_ptr<Mailbox> mailbox;
  boost::asio::ip::tcp::resolver resolver{context};
  ConnectionPool pool;
  /// Of bodies that are being taken as a whole.
  std::size_t body_bytes = 0;
  std::size_t stream_count = 0;
  /// Where bytes are read to before they are understood: connections that wait need no buffer.
  std::array<char, 16 * 1024> scratch;
};

/// One question and its answer. On the client's thread.
class UpstreamExchange : public std::enable_shared_from_this<UpstreamExchange> {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  UpstreamExchange(UpstreamRuntime& runtime, UpstreamTarget target, UpstreamRequest request,
                   UpstreamClient::Done done);
  ~UpstreamExchange();

  void start();
  /// Looks at the deadlines, and whether somebody still waits.
  void tick(TimePoint now);
  void give_up(UpstreamProblem problem, std::string_view message);
  bool is_over() const { return is_over_; }

 private:
  using Error = boost::system::error_code;
  using Addresses = std::vector<boost::asio::ip::address>;
  using State = ResponseReader::State;

  void open();
  void resolve();
  void connect(Addresses addresses, std::size_t index);
  bool leads_back_here() const;
  void on_connect_failed(Error error, Addresses addresses, std::size_t index);
  void send();
  void write();
  void wait_for_answer();
  void wait_to_read();
  void read();
  void on_end(Error error);
  bool try_again();
  void on_progress();
  void begin_stream();
  void feed(UpstreamStream& stream);
  void on_room();
  void on_gone();
  void finish();
  void fail(UpstreamFault fault);
  void leave();
  void count_body();
  void set_deadline(std::chrono::milliseconds timeout);

  UpstreamRuntime& runtime_;
  UpstreamTarget target_;
  UpstreamRequest request_;
  UpstreamClient::Done done_;

  ConnectionPool::Connection connection_;
  std::unique_ptr<ResponseReader> reader_;
  /// What is sent, and how much of it has been.
  std::string text_;
  std::size_t sent_ = 0;
  std::weak_ptr<UpstreamStream> stream_;
  bool is_streaming_ = false, is_paused_ = false, is_over_ = false;
  /// Of the body, as counted in the runtime.
  std::size_t counted_ = 0;
  /// Of the step in hand, and of the whole.
  TimePoint deadline_, last_deadline_;
};

}  // namespace orrery
