#include "http/server/worker.hpp"

#include <algorithm>
#include <utility>

#include <fmt/chrono.h>

#include <boost/asio/post.hpp>
#include "storage/system_clock.hpp"

namespace orrery {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

/// Connections taken in one turn of the event loop, so that a burst doesn't starve the sessions.
constexpr int accepts_per_turn_max = 64;

/// While the process waits for the last sessions to end.
constexpr auto drain_tick_interval = std::chrono::milliseconds(20);

/// Often enough for the shortest deadline, seldom enough to cost nothing.
std::chrono::milliseconds tick_interval(const Limits& limits) {
  const auto shortest = std::min(
      {limits.head_timeout, limits.body_timeout, limits.idle_timeout, limits.answer_timeout,
       limits.write_timeout, limits.linger_timeout, limits.stream_quiet_max, limits.drain_timeout});
  return std::clamp(shortest / 4, std::chrono::milliseconds(5), std::chrono::milliseconds(500));
}

using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

}  // namespace

Worker::Worker(WorkerSharing& sharing, WorkerMetrics& metrics, const Endpoint& endpoint)
    : sharing_(sharing),
      edge_{.router = sharing.router,
            .limits = sharing.limits,
            .metrics = metrics,
            .mailbox = std::make_shared<Mailbox>(context_),
            .connection_count = sharing.connection_count,
            .request_memory = sharing.request_memory,
            .refused_count = 0,
            .ids = {},
            .date = {},
            .now = {},
            .draining = false,
            .scratch = {},
            .discard = {}},
      acceptor_(context_),
      accepted_(context_),
      timer_(context_),
      tick_interval_(tick_interval(sharing.limits)) {
  acceptor_.open(endpoint.protocol());
  acceptor_.set_option(tcp::acceptor::reuse_address(true));
  acceptor_.set_option(ReusePort(true));
  acceptor_.set_option(tcp::no_delay(true));  // Inherited by every accepted socket.
  acceptor_.bind(endpoint);
  acceptor_.listen(sharing.limits.accept_backlog);
  acceptor_.non_blocking(true);
}

Worker::~Worker() {
  edge_.mailbox->close();
  close_sessions();
}

void Worker::run() {
  tick();
  accept();
  context_.run();
  edge_.mailbox->close();
}

void Worker::accept() {
  accepting_ = true;
  acceptor_.async_accept(accepted_, [this](Error error) { on_accept(error); });
}

void Worker::on_accept(Error error) {
  accepting_ = false;
  for (int taken = 0; !error && taken < accepts_per_turn_max; ++taken) {
    take(std::move(accepted_));
    accepted_ = Socket(context_);
    acceptor_.accept(accepted_, error);
  }
  if (!acceptor_.is_open()) return;
  // Out of descriptors or memory: the next tick tries again, when some may have been given back.
  if (!error) take(std::exchange(accepted_, Socket(context_)));
  if (!error || error == asio::error::would_block || error == asio::error::connection_aborted)
    accept();
}

void Worker::take(Socket socket) {
  const auto& limits = sharing_.limits;
  const bool full =
      sharing_.connection_count.load(std::memory_order_relaxed) >= limits.connection_count_max;
  // Beyond what may be refused politely, the socket closes as it goes.
  if (full && edge_.refused_count >= limits.refused_connection_count_max)
    return edge_.metrics.count_refused_connection();
  Error ignored;
  socket.non_blocking(true, ignored);
  auto session = sharing_.tls == nullptr
                     ? make_session(std::move(socket), edge_)
                     : make_tls_session(std::move(socket), *sharing_.tls, edge_);
  sessions_.push_back(*session);
  full ? session->refuse() : session->start();
}

void Worker::tick() {
  edge_.now = std::chrono::steady_clock::now();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(SystemClock().now());
  edge_.date = fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", seconds);
  if (edge_.now >= drain_deadline_) close_sessions();
  for_each_session([](Session& session) { session.tick(); });
  if (edge_.draining && sessions_.empty()) return;
  if (!accepting_ && acceptor_.is_open()) accept();
  timer_.expires_after(tick_interval_);
  timer_.async_wait([this](Error error) {
    if (!error) tick();
  });
}

void Worker::drain() {
  asio::post(context_, [this] { begin_drain(); });
}

void Worker::begin_drain() {
  if (edge_.draining) return;
  // Who has been let in by the kernel is still served.
  for (Error error; !error;) {
    Socket socket(context_);
    if (!acceptor_.accept(socket, error)) take(std::move(socket));
  }
  Error ignored;
  acceptor_.close(ignored);
  edge_.draining = true;
  edge_.now = std::chrono::steady_clock::now();
  drain_deadline_ = edge_.now + sharing_.limits.drain_timeout;
  for_each_session([](Session& session) { session.drain(); });
  tick_interval_ = std::min(tick_interval_, drain_tick_interval);
  timer_.cancel();
  tick();
}

void Worker::close_sessions() {
  for_each_session([](Session& session) { session.close(); });
}

template <class Visit>
void Worker::for_each_session(Visit visit) {
  // A session leaves the list when it closes; no other does meanwhile.
  for (auto next = sessions_.begin(); next != sessions_.end();) visit(*next++);
}

}  // namespace orrery
