// Replay: the whole log through verification, decoding and a fold, in order of position.
#include <unordered_map>

#include <fmt/format.h>

#include "bench/bench_report.hpp"
#include "cli/bench/bench.hpp"
#include "events/codec.hpp"
#include "storage/rocksdb/rocksdb_event_log.hpp"

namespace orrery {
namespace {

/// The life of a VM as the control plane writes it; about 200 bytes an event.
std::vector<Event> life_of_vm(std::uint64_t number) {
  VmRequested requested;
  requested.specification = {"2f4f9d6c-project", "worker", "l40s-48gb.2x",
                             "us-east1-a",       "ubuntu", "us-east1-a",
                             "L40S-48GB",        2,        {}};
  requested.identity = {"disk-0123456789abcdef", "serial-0123", "interface-0123456789abcdef",
                        "02:00:00:00:00:01", "ip-0123456789abcdef"};
  const auto node = fmt::format("us-east1-a-node-{}", number % 1000);
  return {requested, VmPlaced{fmt::format("{:032x}.1", number), node, {0, 1}, number},
          VmStarted{"10.0.0.1", "203.0.113.1"}, VmDeletionRequested{}, VmDeleted{}};
}

void write_log(EventLog& log, std::uint64_t vm_count) {
  constexpr std::uint64_t group_size = 512;
  for (std::uint64_t vm = 0; vm < vm_count; vm += group_size) {
    std::vector<std::string> names, payloads;
    std::vector<std::pair<std::uint16_t, std::uint16_t>> tags;
    for (auto number = vm; number < std::min(vm + group_size, vm_count); ++number) {
      names.push_back(fmt::format("vm/{:032x}", number));
      for (const auto& event : life_of_vm(number)) {
        encode(event, payloads.emplace_back());
        tags.emplace_back(tag_of(event), version_of(event));
      }
    }
    std::vector<Append> group;
    for (std::size_t i = 0; i < payloads.size(); ++i) {
      if (i % 5 == 0)
        group.push_back({names[i / 5], 0, {"process/vm", vm, "request-0123"}, {}, {}});
      group.back().events.push_back({tags[i].first, tags[i].second, payloads[i]});
    }
    for (const auto& result : log.commit(group, Time(std::chrono::microseconds(vm))))
      result.value();
  }
}

/// A fold like a view's: counts VMs by state, and remembers where each one is.
struct Fold {
  std::unordered_map<std::string, std::size_t> state_of_vm;
  std::uint64_t hash = 0;

  void apply(const RecordedEvent& recorded) {
    const auto index = recorded.event.index();
    if (std::holds_alternative<VmDeleted>(recorded.event))
      state_of_vm.erase(recorded.stream);
    else if (std::holds_alternative<VmRequested>(recorded.event))
      state_of_vm.emplace(recorded.stream, index);
    hash = hash * 31 + index + recorded.position + recorded.version;
  }
};

}  // namespace

std::vector<Measurement> bench_log_replay(const BenchRun& run) {
  RocksDbOptions options;
  options.directory = run.folder / "log";
  run.progress("writing the log", 0);
  write_log(*open_rocksdb_event_log(options).value(), run.scale(1'000'000u, 6'000u));
  const Stopwatch opening;
  const auto log = open_rocksdb_event_log(options).value();
  const auto open_seconds = opening.seconds();
  run.progress("replaying", 0.7);
  Fold fold;
  RecordedEvent recorded;
  const Stopwatch replay;
  log->read(1, log->head(),
            [&](const StoredEvent& stored) {
              record(stored, recorded);
              fold.apply(recorded);
              return true;
            })
      .value();
  const auto head = static_cast<double>(log->head());
  Measurement measured{"log-replay", "events/s", Better::more, head / replay.seconds()};
  measured.figures = {{"events", head}, {"open_s", open_seconds}};
  measured.hash = fmt::format("{:016x}", fold.hash);
  measured.target = 2'000'000;
  return {measured};
}

}  // namespace orrery
