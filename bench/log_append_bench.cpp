// Durable append: events of 200 bytes in groups of 256, each group synced, with stream index, hash
// chain and watermark; beside it RocksDB alone with one packed record a group.
#include <deque>
#include <filesystem>
#include <stdexcept>

#include <fmt/format.h>
#include <rocksdb/db.h>
#include <unistd.h>

#include "bench/bench_report.hpp"
#include "storage/chain.hpp"
#include "storage/rocksdb/rocksdb_event_log.hpp"

using namespace orrery;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t group_size = 256;
constexpr std::size_t payload_size = 200;

struct Scale {
  double seconds;
  /// Streams that live at the same time; each gets ten events, then another one starts.
  std::size_t live_streams;
};

struct Measurement {
  double events_per_second = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  double max_ms = 0;
  std::string hash;
};

fs::path fresh_directory(std::string_view name) {
  const char* chosen = std::getenv("ORRERY_BENCH_DIR");
  const auto path = fs::path(chosen ? chosen : "/tmp") / fmt::format("{}-{}", name, ::getpid());
  fs::remove_all(path);
  fs::create_directories(path);
  return path;
}

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
Measurement measure(double seconds, std::size_t groups_max, std::size_t in_flight_max,
                    const Begin& begin, const Finish& finish) {
  std::vector<double> latencies_ms;
  std::uint64_t events = 0;
  std::deque<Stopwatch> begun;
  const auto finish_one = [&] {
    finish();
    latencies_ms.push_back(begun.front().seconds() * 1e3);
    begun.pop_front();
  };
  const Stopwatch whole;
  for (std::size_t group = 0; group < groups_max && whole.seconds() < seconds; ++group) {
    begun.emplace_back();
    events += begin();
    if (begun.size() == in_flight_max) finish_one();
  }
  while (!begun.empty()) finish_one();
  Measurement measurement;
  measurement.events_per_second = static_cast<double>(events) / whole.seconds();
  measurement.p50_ms = percentile(latencies_ms, 0.5);
  measurement.p99_ms = percentile(latencies_ms, 0.99);
  measurement.max_ms = *std::max_element(latencies_ms.begin(), latencies_ms.end());
  return measurement;
}

Measurement measure_orrery(const Scale& scale, std::size_t groups_max) {
  const auto directory = fresh_directory("orrery-append");
  Measurement measurement;
  {
    RocksDbOptions options;
    options.directory = directory;
    const auto log = open_rocksdb_event_log(options).value();
    Workload workload(scale.live_streams);
    std::vector<Append> group;
    std::int64_t time = 0;
    const auto begin = [&] {
      workload.fill(group);
      for (const auto& result : log->begin_commit(group, Time(std::chrono::microseconds(++time))))
        if (!result) throw_exception_from_error(result.error(), BOOST_CURRENT_LOCATION);
      return group.size();
    };
    measurement = measure(scale.seconds, groups_max, log->commits_in_flight_max(), begin, [&] {
      if (!log->finish_commit()) throw std::runtime_error("the log failed");
    });
    measurement.hash = to_hex(log->chain_hash()).substr(0, 16);
  }
  fs::remove_all(directory);
  return measurement;
}

/// What the disk and RocksDB allow at best: no index, no chain, no watermark.
Measurement measure_rocksdb(double seconds, std::size_t groups_max) {
  const auto directory = fresh_directory("rocksdb-append");
  Measurement measurement;
  {
    rocksdb::Options options;
    options.create_if_missing = true;
    options.compression = rocksdb::kNoCompression;
    rocksdb::DB* opened = nullptr;
    if (!rocksdb::DB::Open(options, directory, &opened).ok()) return measurement;
    const std::unique_ptr<rocksdb::DB> db(opened);
    const std::string record(group_size * (payload_size + 40), 'r');
    rocksdb::WriteOptions synced;
    synced.sync = true;
    std::uint64_t number = 0;
    const auto put = [&] {
      const auto key = fmt::format("{:016x}", number++);
      return db->Put(synced, key, record).ok() ? group_size : 0;
    };
    measurement = measure(seconds, groups_max, 1, put, [] {});
  }
  fs::remove_all(directory);
  return measurement;
}

}  // namespace

int main(int argc, char** argv) {
  const bool tiny = wants_tiny(argc, argv);
  const Scale scale{tiny ? 60.0 : 20.0, tiny ? 1000u : 100'000u};
  // Tiny runs end after so many groups, so that their hash is the same every time.
  const std::size_t groups_max = tiny ? 40 : std::numeric_limits<std::size_t>::max();
  // Before and after: whatever else the machine does hits both alike.
  const double peer_seconds = tiny ? 60.0 : 5.0;
  auto peer = measure_rocksdb(peer_seconds, groups_max);
  const auto orrery = measure_orrery(scale, groups_max);
  peer.events_per_second =
      (peer.events_per_second + measure_rocksdb(peer_seconds, groups_max).events_per_second) / 2;
  fmt::print(
      R"({{"bench":"log_append","unit":"events/s","measured":{:.0f},"peer":"rocksdb","peer_measured":{:.0f},)"
      R"("ratio":{:.2f},"p50_ms":{:.2f},"p99_ms":{:.2f},"max_ms":{:.1f},"hash":"{}"}})"
      "\n",
      orrery.events_per_second, peer.events_per_second,
      orrery.events_per_second / peer.events_per_second, orrery.p50_ms, orrery.p99_ms,
      orrery.max_ms, tiny ? orrery.hash : "");
}
