#include "http/upstream/connection_pool.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace orrery {

namespace {

/// Still open, and silent: whatever comes without having been asked for is no answer to the next
/// question.
bool is_usable(UpstreamConnection::Socket& socket) {
  char byte = 0;
  boost::system::error_code error;
  socket.receive(boost::asio::buffer(&byte, 1), boost::asio::socket_base::message_peek, error);
  return error == boost::asio::error::would_block;
}

}  // namespace

ConnectionPool::Home& ConnectionPool::home_of(const UpstreamTarget& target) {
  return homes_[fmt::format("{} {} {}", target.host, target.port, static_cast<int>(target.reach))];
}

ConnectionPool::Connection ConnectionPool::take(const UpstreamTarget& target) {
  auto& idle = home_of(target).idle;
  while (!idle.empty()) {
    auto connection = std::move(idle.back().connection);
    idle.pop_back();
    if (is_usable(connection->socket)) return connection;
  }
  return nullptr;
}

ConnectionPool::Connection ConnectionPool::make(const UpstreamTarget& target) {
  auto& home = home_of(target);
  if (*home.count >= limits_.connection_count_per_target_max) return nullptr;
  // Those that wait for others make room.
  for (auto other = homes_.begin();
       count() >= limits_.connection_count_max && other != homes_.end(); ++other)
    other->second.idle.clear();
  if (count() >= limits_.connection_count_max) return nullptr;
  return std::make_unique<UpstreamConnection>(context_, home.count, count_);
}

void ConnectionPool::give_back(const UpstreamTarget& target, Connection connection, TimePoint now) {
  auto& idle = home_of(target).idle;
  connection->is_reused = true;
  idle.push_back({std::move(connection), now});
  if (idle.size() > limits_.idle_connection_count_per_target_max) idle.erase(idle.begin());
}

void ConnectionPool::tick(TimePoint now) {
  for (auto& [name, home] : homes_) {
    const auto fresh = std::find_if(home.idle.begin(), home.idle.end(), [&](const Idle& idle) {
      return idle.since + limits_.idle_timeout > now;
    });
    home.idle.erase(home.idle.begin(), fresh);
  }
  std::erase_if(homes_, [](const auto& named) { return *named.second.count == 0; });
}

void ConnectionPool::clear() {
  for (auto& [name, home] : homes_) home.idle.clear();
}

std::size_t ConnectionPool::idle_count() const {
  std::size_t sum = 0;
  for (const auto& [name, home] : homes_) sum += home.idle.size();
  return sum;
}

}  // namespace orrery
