// Looking back in a log of ten million events: why a VM is as it is, by its chain of causes; and
// the verification of every byte.
#include <memory>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>

#include "actors/history/causal_tree.hpp"
#include "bench/bench_report.hpp"
#include "bench/fleet_history.hpp"
#include "cli/bench/bench.hpp"
#include "cli/bench/history_writer.hpp"
#include "cli/exit_codes.hpp"
#include "cli/full_verification.hpp"
#include "cli/log_reports.hpp"
#include "cli/read_models.hpp"
#include "storage/chain.hpp"
#include "storage/rocksdb/rocksdb_event_log.hpp"

namespace orrery {
namespace {

struct Scale {
  Position event_count;
  std::uint64_t node_count;
};

std::unique_ptr<EventLog> open_log(const std::filesystem::path& directory) {
  RocksDbOptions options;
  options.directory = directory;
  return open_rocksdb_event_log(options).value();
}

/// How many VMs lived in it.
std::uint64_t write_log(const BenchRun& run, EventLog& log, const Scale& scale) {
  HistoryWriter writer(log);
  FleetHistory fleet(scale.node_count, [&](const std::string& stream, Version version,
                                           Event event) { writer.add(stream, version, event); });
  fleet.begin();
  for (auto shown = log.head(); log.head() < scale.event_count; fleet.live()) {
    if (log.head() < shown + scale.event_count / 100) continue;
    shown = log.head();
    run.progress("writing the log",
                 static_cast<double>(shown) / static_cast<double>(scale.event_count));
  }
  writer.commit();
  return fleet.vm_count();
}

/// Asked about VMs of every age.
Measurement measure_why(const BenchRun& run, const EventLog& log, std::uint64_t vm_count) {
  run.progress("why", 0);
  const auto count = run.scale<std::uint64_t>(200, 5);
  std::vector<double> times_ms;
  std::size_t nodes = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    WhyQuery query;
    query.stream = stream_name("vm", FleetHistory::vm_id(vm_count * i / count));
    query.to = log.head();
    const Stopwatch watch;
    const auto tree = why(log, query).value();
    times_ms.push_back(watch.seconds() * 1e3);
    nodes += tree.nodes.size();
  }
  Measurement measured{"history/why", "ms", Better::less, percentile(times_ms, 0.5)};
  measured.figures = {{"p99_ms", percentile(times_ms, 0.99)},
                      {"events", static_cast<double>(log.head())}};
  measured.hash = fmt::format("{}", nodes);
  measured.target = 10;
  return measured;
}

Measurement measure_verify(const BenchRun& run, const EventLog& log) {
  run.progress("verifying", 0);
  std::ostringstream unheard;
  const Stopwatch watch;
  if (verify_log(log, unheard, unheard) != exit_success)
    throw std::runtime_error("the log doesn't verify: " + unheard.str());
  const auto events = static_cast<double>(log.head());
  Measurement measured{"history/verify", "events/s", Better::more, events / watch.seconds()};
  measured.hash = to_hex(log.chain_hash()).substr(0, 16);
  measured.target = 1'000'000;
  return measured;
}

/// With a snapshot of every view at the head, so that all of it is folded.
Measurement measure_full_verify(const BenchRun& run, EventLog& log) {
  run.progress("verifying in full", 0);
  ReadModels models;
  models.views.catch_up(log).value();
  models.views.save_snapshots(log);
  std::ostringstream unheard;
  const Stopwatch watch;
  if (verify_log_fully(log, true, unheard, unheard).exit_code != exit_success)
    throw std::runtime_error("the log doesn't verify: " + unheard.str());
  const auto events = static_cast<double>(log.head());
  Measurement measured{"history/verify-full", "events/s", Better::more, events / watch.seconds()};
  measured.hash = to_hex(log.chain_hash()).substr(0, 16);
  measured.target = 1'000'000;
  return measured;
}

}  // namespace

std::vector<Measurement> bench_history(const BenchRun& run) {
  const auto scale = run.scale(Scale{10'000'000, 10'000}, Scale{5'000, 20});
  const auto log = open_log(run.folder / "log");
  const auto vm_count = write_log(run, *log, scale);
  return {measure_why(run, *log, vm_count), measure_verify(run, *log),
          measure_full_verify(run, *log)};
}

}  // namespace orrery
