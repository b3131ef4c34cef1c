#include "http/upstream/upstream_client.hpp"

#include <atomic>
#include <list>
#include <stdexcept>
#include <thread>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/steady_timer.hpp>

#include "http/upstream/upstream_exchange.hpp"

namespace orrery {

namespace {

namespace asio = boost::asio;

/// Often enough for the shortest deadline, seldom enough to cost nothing.
std::chrono::milliseconds tick_interval(const UpstreamLimits& limits) {
  const auto shortest = std::min({limits.connect_timeout, limits.first_byte_timeout,
                                  limits.head_timeout, limits.quiet_timeout, limits.total_timeout,
                                  limits.stream_timeout, limits.idle_timeout});
  return std::clamp(shortest / 4, std::chrono::milliseconds(5), std::chrono::milliseconds(250));
}

}  // namespace

void throw_exception_from_error(const UpstreamFault& fault, const boost::source_location&) {
  throw std::logic_error("the answer of a server that gave none was used: " + fault.message);
}

class UpstreamClient::Impl {
 public:
  explicit Impl(UpstreamLimits limits)
      : limits_(limits),
        runtime_(limits_),
        guard_(asio::make_work_guard(runtime_.context)),
        timer_(runtime_.context),
        interval_(tick_interval(limits_)) {
    thread_ = std::thread([this] {
      tick();
      runtime_.context.run();
    });
  }

  ~Impl() {
    runtime_.mailbox->post([this] { stop(); });
    thread_.join();
    runtime_.mailbox->close();
  }

  void ask(UpstreamTarget target, UpstreamRequest request, Done done) {
    auto asked =
        std::make_shared<Asked>(Asked{std::move(target), std::move(request), std::move(done)});
    runtime_.mailbox->post([this, asked = std::move(asked)] {
      const auto exchange = std::make_shared<UpstreamExchange>(
          runtime_, std::move(asked->target), std::move(asked->request), std::move(asked->done));
      exchange->start();
      if (!exchange->is_over()) exchanges_.push_back(exchange);
    });
  }

  UpstreamFigures figures() const {
    return {connection_count_.load(std::memory_order_relaxed),
            idle_connection_count_.load(std::memory_order_relaxed),
            stream_count_.load(std::memory_order_relaxed)};
  }

 private:
  struct Asked {
    UpstreamTarget target;
    UpstreamRequest request;
    Done done;
  };

  void tick() {
    const auto now = std::chrono::steady_clock::now();
    for (const auto& exchange : exchanges_) exchange->tick(now);
    exchanges_.remove_if([](const auto& exchange) { return exchange->is_over(); });
    runtime_.pool.tick(now);
    connection_count_.store(runtime_.pool.count(), std::memory_order_relaxed);
    idle_connection_count_.store(runtime_.pool.idle_count(), std::memory_order_relaxed);
    stream_count_.store(runtime_.stream_count, std::memory_order_relaxed);
    timer_.expires_after(interval_);
    timer_.async_wait([this](boost::system::error_code error) {
      if (!error) tick();
    });
  }

  void stop() {
    for (const auto& exchange : exchanges_)
      exchange->give_up(UpstreamProblem::cancelled, "The server is stopping");
    exchanges_.clear();
    runtime_.pool.clear();
    runtime_.context.stop();
  }

  const UpstreamLimits limits_;
  UpstreamRuntime runtime_;
  asio::executor_work_guard<asio::io_context::executor_type> guard_;
  asio::steady_timer timer_;
  std::chrono::milliseconds interval_;
  std::list<std::shared_ptr<UpstreamExchange>> exchanges_;
  /// As of the last tick.
  std::atomic<std::size_t> connection_count_{0}, idle_connection_count_{0}, stream_count_{0};
  std::thread thread_;
};

UpstreamClient::UpstreamClient(UpstreamLimits limits)
    : impl_(std::make_unique<Impl>(std::move(limits))) {}

UpstreamClient::~UpstreamClient() = default;

void UpstreamClient::ask(UpstreamTarget target, UpstreamRequest request, Done done) {
  impl_->ask(std::move(target), std::move(request), std::move(done));
}

UpstreamFigures UpstreamClient::figures() const { return impl_->figures(); }

}  // namespace orrery
