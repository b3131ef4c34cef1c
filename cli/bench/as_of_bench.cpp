// A look back: GET of one VM as of a position of long ago, after ten million events of others, from
// a whole server by one client. Each answer must be what the server answered when that was the
// present.
#include <memory>
#include <stdexcept>

#include <fmt/format.h>

#include "bench/fleet_history.hpp"
#include "cli/bench/bench.hpp"
#include "cli/bench/history_writer.hpp"
#include "cli/bench/http_load.hpp"
#include "cli/bench/served_orrery.hpp"
#include "cli/bench/vm_requests.hpp"
#include "cli/data_directory.hpp"
#include "storage/rocksdb/rocksdb_event_log.hpp"

namespace orrery {
namespace {

constexpr std::uint32_t dev_node_count = 24;

std::unique_ptr<EventLog> open_log(const BenchRun& run) {
  RocksDbOptions options;
  options.directory = log_directory(run.folder / "data");
  return open_rocksdb_event_log(options).value();
}

struct Moment {
  std::string vm_id;
  Position position = 0;
  /// What the server says of the VM there and then.
  std::string body;
};

/// A VM that runs, and the end of the log.
Moment live_once(const BenchRun& run) {
  Moment moment;
  ServedOrrery server(run.folder, dev_node_count);
  moment.vm_id = create_vm(server);
  moment.body =
      ask_server(server.port(), server.head_of_request("GET", "/vms/" + moment.vm_id) + "\r\n");
  server.stop();
  moment.position = open_log(run)->head();
  return moment;
}

/// Lives of a fleet of others.
void write_on(const BenchRun& run, Position event_count, std::uint64_t node_count) {
  const auto log = open_log(run);
  const auto end = log->head() + event_count;
  HistoryWriter writer(*log);
  FleetHistory fleet(
      node_count,
      [&](const std::string& stream, Version version, Event event) {
        writer.add(stream, version, event);
      },
      "elsewhere");
  fleet.begin();
  while (log->head() < end) fleet.live();
  writer.commit();
}

}  // namespace

std::vector<Measurement> bench_as_of(const BenchRun& run) {
  run.progress("living once", 0);
  const auto moment = live_once(run);
  run.progress("writing ten million events", 0.1);
  write_on(run, run.scale<Position>(10'000'000, 5'000), run.scale(10'000u, 20u));
  run.progress("starting anew", 0.4);
  const ServedOrrery server(run.folder, dev_node_count);
  const auto path = fmt::format("/vms/{}?as_of={}", moment.vm_id, moment.position);
  const auto request = server.head_of_request("GET", path) + "\r\n";
  if (const auto body = ask_server(server.port(), request); body != moment.body)
    throw std::runtime_error(
        fmt::format("the VM was\n{}\nand as of then it is\n{}", moment.body, body));
  run.progress("looking back", 0.9);
  const auto load = load_server(
      {server.port(), run.scale(1'000u, 20u), 1, [&](std::uint64_t) { return request; }});
  if (load.refused_count > 0)
    throw std::runtime_error(fmt::format("{} were refused", load.refused_count));
  Measurement measured{"as-of", "ms", Better::less, load.p50_ms};
  measured.figures = {{"p99_ms", load.p99_ms}, {"requests_per_s", load.requests_per_second}};
  measured.target = 5;
  return {measured};
}

}  // namespace orrery
