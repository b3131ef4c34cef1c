#include "cli/bench/feed_followers.hpp"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_static_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>

namespace orrery {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::asio::ip::tcp;

constexpr std::size_t read_bytes_max = 64 * 1024;
constexpr std::string_view request =
    "GET /orrery/v1/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n";

/// Reads server-sent events piece by piece, and keeps nothing of them but their ids.
class EventIds {
 public:
  template <class OnId>
  void read(std::string_view piece, const OnId& on_id) {
    while (!piece.empty()) {
      const auto end = piece.find('\n');
      begin_.append(piece.substr(0, std::min(end, begin_bytes_max - begin_.size())));
      if (end == std::string_view::npos) return;
      if (begin_.starts_with("id: ")) on_id(number_in(std::string_view(begin_).substr(4)));
      begin_.clear();
      piece.remove_prefix(end + 1);
    }
  }

 private:
  /// "id: " and every position there can be.
  static constexpr std::size_t begin_bytes_max = 24;

  static Position number_in(std::string_view digits) {
    Position number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
  }

  std::string begin_;  // Of the line that is being read.
};

}  // namespace

struct FeedFollowers::Crowd {
  struct Follower {
    std::atomic<Position> seen{0};
  };

  explicit Crowd(std::uint32_t count) : followers(count) {}

  asio::awaitable<void> follow(std::uint16_t port, Follower& follower) {
    tcp::socket socket(context);
    co_await socket.async_connect({asio::ip::address_v4::loopback(), port}, asio::use_awaitable);
    co_await asio::async_write(socket, asio::buffer(request), asio::use_awaitable);
    boost::beast::flat_static_buffer<read_bytes_max> buffer;
    http::response_parser<http::buffer_body> parser;
    parser.body_limit(boost::none);
    co_await http::async_read_header(socket, buffer, parser, asio::use_awaitable);
    if (parser.get().result() != http::status::ok) throw std::runtime_error("no feed is given");
    std::vector<char> piece(read_bytes_max);
    EventIds ids;
    while (!parser.is_done()) {
      parser.get().body().data = piece.data();
      parser.get().body().size = piece.size();
      boost::system::error_code error;
      co_await http::async_read_some(socket, buffer, parser,
                                     asio::redirect_error(asio::use_awaitable, error));
      if (error && error != http::error::need_buffer) throw boost::system::system_error(error);
      const auto size = piece.size() - parser.get().body().size;
      result.body_bytes += size;
      ids.read({piece.data(), size}, [&](Position id) { see(follower, id); });
      tell();
    }
    throw std::runtime_error("the feed has ended");
  }

  void see(Follower& follower, Position id) {
    const auto expected = follower.seen.load(std::memory_order_relaxed) + 1;
    if (id != expected && result.lost_count++ == 0)
      result.first_fault = fmt::format("a follower saw {} where {} had to come", id, expected);
    follower.seen.store(id, std::memory_order_relaxed);
  }

  /// Whoever waits looks again.
  void tell() {
    const std::lock_guard lock(mutex);
    changed.notify_one();
  }

  void end(const std::exception_ptr& why) {
    const std::lock_guard lock(mutex);
    if (!failure) failure = why;
    changed.notify_one();
  }

  Position slowest() const {
    Position slowest = ~Position{0};
    for (const auto& follower : followers)
      slowest = std::min(slowest, follower.seen.load(std::memory_order_relaxed));
    return slowest;
  }

  asio::io_context context{1};
  std::vector<Follower> followers;
  Seen result;
  mutable std::mutex mutex;
  mutable std::condition_variable changed;
  std::exception_ptr failure;
  std::thread thread;
};

FeedFollowers::FeedFollowers(std::uint16_t port, std::uint32_t count)
    : crowd_(std::make_unique<Crowd>(count)) {
  for (auto& follower : crowd_->followers)
    asio::co_spawn(crowd_->context, crowd_->follow(port, follower),
                   [this](const std::exception_ptr& why) { crowd_->end(why); });
  crowd_->thread = std::thread([this] { crowd_->context.run(); });
}

FeedFollowers::~FeedFollowers() { stop(); }

void FeedFollowers::wait_until_seen(Position position) const {
  std::unique_lock lock(crowd_->mutex);
  crowd_->changed.wait(lock, [&] { return crowd_->failure || crowd_->slowest() >= position; });
  if (crowd_->failure) std::rethrow_exception(crowd_->failure);
}

FeedFollowers::Seen FeedFollowers::stop() {
  crowd_->context.stop();
  if (crowd_->thread.joinable()) crowd_->thread.join();
  return crowd_->result;
}

}  // namespace orrery
