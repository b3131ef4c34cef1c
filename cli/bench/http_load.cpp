#include "cli/bench/http_load.hpp"

#include <exception>
#include <stdexcept>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include "bench/bench_report.hpp"

namespace orrery {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::asio::ip::tcp;

class Load {
 public:
  explicit Load(const HttpLoadSettings& settings) : settings_(settings) {
    latencies_ms_.reserve(settings.request_count);
  }

  HttpLoad run() {
    const Stopwatch watch;
    for (std::uint32_t i = 0; i < settings_.connection_count; ++i)
      asio::co_spawn(context_, converse(), [](const std::exception_ptr& failure) {
        if (failure) std::rethrow_exception(failure);
      });
    context_.run();
    load_.requests_per_second = static_cast<double>(latencies_ms_.size()) / watch.seconds();
    load_.p50_ms = percentile(latencies_ms_, 0.5);
    load_.p99_ms = percentile(latencies_ms_, 0.99);
    return load_;
  }

  const std::string& last_body() const { return last_body_; }

 private:
  asio::awaitable<void> converse() {
    tcp::socket socket(context_);
    co_await socket.async_connect({asio::ip::address_v4::loopback(), settings_.port},
                                  asio::use_awaitable);
    socket.set_option(tcp::no_delay(true));
    boost::beast::flat_buffer buffer;
    while (sent_ < settings_.request_count) {
      const auto request = settings_.request(sent_++);
      const Stopwatch watch;
      co_await asio::async_write(socket, asio::buffer(request), asio::use_awaitable);
      http::response_parser<http::string_body> parser;
      parser.body_limit(boost::none);
      co_await http::async_read(socket, buffer, parser, asio::use_awaitable);
      latencies_ms_.push_back(watch.seconds() * 1e3);
      count(parser.get());
    }
  }

  void count(http::response<http::string_body>& answer) {
    load_.body_bytes += answer.body().size();
    if (http::to_status_class(answer.result()) != http::status_class::successful)
      ++load_.refused_count;
    last_body_ = std::move(answer.body());
  }

  const HttpLoadSettings& settings_;
  asio::io_context context_{1};
  std::uint64_t sent_ = 0;
  std::vector<double> latencies_ms_;
  HttpLoad load_;
  std::string last_body_;
};

}  // namespace

HttpLoad load_server(const HttpLoadSettings& settings) { return Load(settings).run(); }

std::string ask_server(std::uint16_t port, const std::string& request) {
  const HttpLoadSettings settings{port, 1, 1, [&](std::uint64_t) { return request; }};
  Load load(settings);
  if (load.run().refused_count > 0)
    throw std::runtime_error("the server refused a request: " + load.last_body());
  return load.last_body();
}

}  // namespace orrery
