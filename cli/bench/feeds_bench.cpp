// The event feed: fifty followers of a server over HTTP, server-sent events, none of whom may miss,
// double or reorder one. Events are made as fast as the slowest follower takes them; what counts is
// how many reach followers in a second, all of them together.
#include <algorithm>
#include <atomic>
#include <deque>
#include <stdexcept>
#include <thread>

#include <fmt/format.h>

#include "bench/bench_report.hpp"
#include "bench/fleet_history.hpp"
#include "cli/bench/bench.hpp"
#include "cli/bench/feed_followers.hpp"
#include "cli/bench/history_writer.hpp"
#include "http/native/routes.hpp"
#include "http/server/server.hpp"
#include "storage/chain.hpp"
#include "storage/rocksdb/rocksdb_event_log.hpp"

namespace orrery {
namespace {

struct Scale {
  Position event_count;
  std::uint32_t node_count;
  std::uint32_t follower_count;
};

/// No follower is further behind: about as much as the feed keeps at hand.
constexpr Position behind_max = 4'096;

std::unique_ptr<EventLog> open_log(const std::filesystem::path& directory) {
  RocksDbOptions options;
  options.directory = directory;
  return open_rocksdb_event_log(options).value();
}

/// A server that has nothing but the feed.
std::unique_ptr<HttpServer> serve(const EventLog& log, EventFeed& feed) {
  NativeContext context;
  context.log = &log;
  context.feed = &feed;
  context.is_operator = [](const Request&) { return true; };
  ServerConfiguration configuration;
  configuration.port = 0;
  configuration.metrics = context.metrics = std::make_shared<EdgeMetrics>();
  Router router;
  add_native_routes(router, std::move(context));
  auto server = std::make_unique<HttpServer>(configuration, std::move(router));
  server->start();
  return server;
}

/// What the log's actor does after a commit: the batch goes to the feed.
void tell(const EventLog& log, Position from, EventFeed& feed) {
  auto batch = std::make_shared<std::vector<RecordedEvent>>();
  log.read(from, log.head(),
           [&](const StoredEvent& stored) {
             batch->push_back(record(stored));
             return true;
           })
      .value();
  if (!batch->empty()) feed.on_commit(std::move(batch));
}

/// Makes the events, never more than `behind_max` ahead of the slowest follower.
void write_events(const BenchRun& run, const Scale& scale, EventLog& log, EventFeed& feed,
                  const FeedFollowers& followers) {
  HistoryWriter writer(log);
  FleetHistory fleet(
      scale.node_count, [&](const std::string& stream, Version version, Event event) {
        writer.add(stream, version, event);
        if (log.head() == feed.told()) return;
        tell(log, feed.told() + 1, feed);
        followers.wait_until_seen(log.head() > behind_max ? log.head() - behind_max : 0);
      });
  fleet.begin();
  while (log.head() < scale.event_count) {
    fleet.live();
    run.progress("followed",
                 static_cast<double>(log.head()) / static_cast<double>(scale.event_count));
  }
  writer.commit();
  tell(log, feed.told() + 1, feed);
  followers.wait_until_seen(log.head());
}

}  // namespace

std::vector<Measurement> bench_feeds(const BenchRun& run) {
  const auto scale = run.scale(Scale{100'000, 1'000, 50}, Scale{1'000, 10, 5});
  const auto log = open_log(run.folder / "log");
  EventFeed feed(*log);
  const auto server = serve(*log, feed);
  FeedFollowers followers(server->port(), scale.follower_count);
  const Stopwatch watch;
  write_events(run, scale, *log, feed, followers);
  const auto seconds = watch.seconds();
  const auto seen = followers.stop();
  server->drain();

  const auto events = static_cast<double>(log->head());
  Measurement measured{"feeds", "events/s", Better::more, events * scale.follower_count / seconds};
  measured.figures = {{"followers", scale.follower_count},
                      {"events_to_each", events},
                      {"lost", static_cast<double>(seen.lost_count)},
                      {"bytes_per_s", static_cast<double>(seen.body_bytes) / seconds}};
  measured.hash = to_hex(log->chain_hash()).substr(0, 16);
  measured.target = 100'000;
  if (seen.lost_count > 0)
    throw std::runtime_error(fmt::format("{} events were lost, doubled or out of order; {}",
                                         seen.lost_count, seen.first_fault));
  return {measured};
}

}  // namespace orrery
