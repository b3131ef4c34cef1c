// A restart: opening a log of a million events and bringing every view of a server to its head,
// with a snapshot of most of it and without any.
#include <memory>

#include "bench/bench_report.hpp"
#include "bench/fleet_history.hpp"
#include "cli/bench/bench.hpp"
#include "cli/bench/history_writer.hpp"
#include "cli/read_models.hpp"
#include "storage/chain.hpp"
#include "storage/rocksdb/rocksdb_event_log.hpp"

namespace orrery {
namespace {

std::unique_ptr<EventLog> open_log(const std::filesystem::path& directory) {
  RocksDbOptions options;
  options.directory = directory;
  return open_rocksdb_event_log(options).value();
}

struct RestartedServer {
  explicit RestartedServer(const std::filesystem::path& directory) {
    const Stopwatch opening;
    log = open_log(directory);
    open_seconds = opening.seconds();
    const Stopwatch catching_up;
    models.views.catch_up(*log).value();
    catch_up_seconds = catching_up.seconds();
  }

  std::unique_ptr<EventLog> log;
  ReadModels models;
  double open_seconds = 0;
  double catch_up_seconds = 0;
};

/// Appends to the log what the fleet does until it has so many events.
void write_until(EventLog& log, HistoryWriter& writer, FleetHistory& fleet, Position event_count) {
  while (log.head() < event_count) fleet.live();
  writer.commit();
}

/// A log of `event_count` events. Where `with_snapshots`, the views saved theirs when a tenth of it
/// was still to come.
void write_log(const std::filesystem::path& directory, std::uint64_t node_count,
               Position event_count, bool with_snapshots) {
  const auto log = open_log(directory);
  HistoryWriter writer(*log);
  FleetHistory fleet(node_count, [&](const std::string& stream, Version version, Event event) {
    writer.add(stream, version, event);
  });
  fleet.begin();
  write_until(*log, writer, fleet, event_count / 10 * 9);
  if (with_snapshots) {
    ReadModels models;
    models.views.catch_up(*log).value();
    models.views.save_snapshots(*log);
  }
  write_until(*log, writer, fleet, event_count);
}

Measurement measure(const BenchRun& run, std::string name, bool with_snapshots) {
  const auto directory = run.folder / (with_snapshots ? "with" : "without");
  run.progress("writing the log", with_snapshots ? 0 : 0.5);
  write_log(directory, run.scale(10'000u, 20u), run.scale(1'000'000u, 5'000u), with_snapshots);
  const RestartedServer server(directory);
  Measurement measured{std::move(name), "s", Better::less,
                       server.open_seconds + server.catch_up_seconds};
  const auto events = static_cast<double>(server.log->head());
  measured.figures = {
      {"open_s", server.open_seconds}, {"catch_up_s", server.catch_up_seconds}, {"events", events}};
  if (!with_snapshots) measured.figures["events_per_s"] = events / server.catch_up_seconds;
  measured.hash = to_hex(server.log->chain_hash()).substr(0, 16);
  measured.target = 2;
  return measured;
}

}  // namespace

std::vector<Measurement> bench_restart(const BenchRun& run) {
  return {measure(run, "restart", true), measure(run, "restart/by-replay", false)};
}

}  // namespace orrery
