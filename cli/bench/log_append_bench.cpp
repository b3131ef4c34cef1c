// Durable append: events of 200 bytes in groups of 256, each group synced, with stream index, hash
// chain and watermark; beside it RocksDB alone with one packed record a group.
#include <algorithm>
#include <deque>
#include <memory>
#include <stdexcept>

#include <fmt/format.h>
#include <rocksdb/db.h>

#include "bench/bench_report.hpp"
#include "cli/bench/bench.hpp"
#include "storage/chain.hpp"
#include "storage/rocksdb/rocksdb_event_log.hpp"

namespace orrery {
namespace {

constexpr std::size_t group_size = 256;
constexpr std::size_t payload_size = 200;

struct Scale {
  std::size_t group_count;
  /// Streams that live at the same time; each gets ten events, then another one starts.
  std::size_t live_streams;
};

struct Commits {
  double events_per_second = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  double max_ms = 0;
  std::string hash;
};

/// Appends as a busy control plane makes them: many short streams side by side.
class Workload {
 public:
  explicit Workload(std::size_t live_streams)
      : names_(live_streams), versions_(live_streams, 0), payload_(payload_size, 'p') {
    for (std::size_t i = 0; i < live_streams; ++i) rename(i);
  }

  void fill(std::vector<Append>& group) {
    group.resize(group_size);
    for (auto& append : group) {
      const auto slot = next_++ % names_.size();
      if (versions_[slot] == 10) {
        rename(slot);
        versions_[slot] = 0;
      }
      append.stream = names_[slot];
      append.expected_version = versions_[slot]++;
      append.origin.actor = "process/vm";
      append.origin.causation = next_;
      append.events.assign(1, {0x0203, 1, payload_});
    }
  }

 private:
  void rename(std::size_t slot) {
    names_[slot] = fmt::format("vm/{:032x}", stream_count_++ * 7919);
  }

  std::vector<std::string> names_;
  std::vector<Version> versions_;
  std::string payload_;
  std::uint64_t next_ = 0;
  std::uint64_t stream_count_ = 0;
};

/// Has groups committed over and over, the way the log actor does under load: the next group is
/// begun before the one before is finished. A latency is the time from the beginning of a group to
/// where it would be acknowledged.
template <class Begin, class Finish>
Commits measure(std::size_t group_count, std::size_t in_flight_max, const Begin& begin,
                const Finish& finish) {
  std::vector<double> latencies_ms;
  std::uint64_t events = 0;
  std::deque<Stopwatch> begun;
  const auto finish_one = [&] {
    finish();
    latencies_ms.push_back(begun.front().seconds() * 1e3);
    begun.pop_front();
  };
  const Stopwatch whole;
  for (std::size_t group = 0; group < group_count; ++group) {
    begun.emplace_back();
    events += begin();
    if (begun.size() == in_flight_max) finish_one();
  }
  while (!begun.empty()) finish_one();
  Commits commits;
  commits.events_per_second = static_cast<double>(events) / whole.seconds();
  commits.p50_ms = percentile(latencies_ms, 0.5);
  commits.p99_ms = percentile(latencies_ms, 0.99);
  commits.max_ms = *std::max_element(latencies_ms.begin(), latencies_ms.end());
  return commits;
}

Commits measure_orrery(const BenchRun& run, const Scale& scale) {
  RocksDbOptions options;
  options.directory = run.folder / "orrery";
  const auto log = open_rocksdb_event_log(options).value();
  Workload workload(scale.live_streams);
  std::vector<Append> group;
  std::int64_t time = 0;
  const auto begin = [&] {
    workload.fill(group);
    for (const auto& result : log->begin_commit(group, Time(std::chrono::microseconds(++time))))
      if (!result) throw_exception_from_error(result.error(), BOOST_CURRENT_LOCATION);
    if (time % 1'024 == 0)
      run.progress("appending", static_cast<double>(time) / static_cast<double>(scale.group_count));
    return group.size();
  };
  auto commits = measure(scale.group_count, log->commits_in_flight_max(), begin, [&] {
    if (!log->finish_commit()) throw std::runtime_error("the log failed");
  });
  commits.hash = to_hex(log->chain_hash()).substr(0, 16);
  return commits;
}

/// What the disk and RocksDB allow at best: no index, no chain, no watermark.
double measure_rocksdb(const std::filesystem::path& directory, std::size_t group_count) {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.compression = rocksdb::kNoCompression;
  rocksdb::DB* opened = nullptr;
  if (const auto status = rocksdb::DB::Open(options, directory, &opened); !status.ok())
    throw std::runtime_error(status.ToString());
  const std::unique_ptr<rocksdb::DB> db(opened);
  const std::string record(group_size * (payload_size + 40), 'r');
  rocksdb::WriteOptions synced;
  synced.sync = true;
  std::uint64_t number = 0;
  const auto put = [&] {
    if (!db->Put(synced, fmt::format("{:016x}", number++), record).ok())
      throw std::runtime_error("RocksDB takes no writes");
    return group_size;
  };
  return measure(group_count, 1, put, [] {}).events_per_second;
}

}  // namespace

std::vector<Measurement> bench_log_append(const BenchRun& run) {
  // 8 million events: long enough for compaction and index runs to take their part.
  const Scale scale{run.scale<std::size_t>(32'768, 40), run.scale<std::size_t>(100'000, 1'000)};
  // Before and after: whatever else the machine does hits both alike.
  const auto rocksdb_before = measure_rocksdb(run.folder / "before", scale.group_count / 8);
  const auto orrery = measure_orrery(run, scale);
  const auto rocksdb_after = measure_rocksdb(run.folder / "after", scale.group_count / 8);
  const auto rocksdb = (rocksdb_before + rocksdb_after) / 2;
  Measurement append{"log-append", "events/s", Better::more, orrery.events_per_second};
  append.figures = {{"p50_ms", orrery.p50_ms},
                    {"p99_ms", orrery.p99_ms},
                    {"max_ms", orrery.max_ms},
                    {"rocksdb_events_per_s", rocksdb},
                    {"ratio_to_rocksdb", orrery.events_per_second / rocksdb}};
  append.hash = orrery.hash;
  append.target = 700'000;
  return {append};
}

}  // namespace orrery
