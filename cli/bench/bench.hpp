#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

namespace orrery {

BOOST_DEFINE_FIXED_ENUM_CLASS(Better, std::uint8_t, more, less)

/// What one run of a bench found out about one thing.
struct Measurement {
  /// Its bench's name, with a second word where a bench measures several things: "restart",
  /// "restart/by-replay".
  std::string name;
  std::string unit;
  Better better = Better::more;
  double value = 0;
  /// Further figures under names with units: "p99_ms", "resident_mb".
  std::map<std::string, double> figures = {};
  /// The rate in equal parts of the run, first to last; empty where it is one figure.
  std::vector<double> series = {};
  /// Of what was computed, the same at every run of one scale; empty where it can't be. A bench
  /// that computes something else than before has measured something else.
  std::string hash = {};
  /// At full size, on two cores with an fsync of about 50 µs; 0 for none.
  double target = 0;

  BOOST_DESCRIBE_CLASS(Measurement, (), (name, unit, better, value, figures, series, hash, target),
                       (), ())
};

/// What a bench is given for one run.
struct BenchRun {
  /// Inputs so small that a test can afford them: the same code, no figure worth anything.
  bool quick = false;
  /// Empty, and this run's alone; on the disk that is to be measured.
  std::filesystem::path folder;
  /// Tells somebody who watches which part is under way, and how much of it is done.
  std::function<void(std::string_view part, double share)> progress = [](std::string_view, double) {
  };

  /// The one or the other scale.
  template <class T>
  T scale(T full, T small) const {
    return quick ? small : full;
  }
};

/// One bench: a file `cli/bench/NAME_bench.cpp` with a function of this form. It may take all the
/// cores and memory there are, for each run has a process of its own, and it throws where it can't
/// measure.
using RunBench = std::vector<Measurement>(const BenchRun& run);

RunBench bench_as_of;
RunBench bench_c2m;
RunBench bench_feeds;
RunBench bench_history;
RunBench bench_http_get;
RunBench bench_http_post;
RunBench bench_lease_lives;
RunBench bench_log_append;
RunBench bench_log_replay;
RunBench bench_placement;
RunBench bench_restart;
RunBench bench_sim_up;
RunBench bench_spawn;
RunBench bench_traces;

struct Bench {
  std::string_view name;
  std::string_view summary;
  RunBench* run = nullptr;
};

/// All of them, in the order in which they run.
std::span<const Bench> benches();

/// Null where there is none of the name.
const Bench* find_bench(std::string_view name);

}  // namespace orrery
