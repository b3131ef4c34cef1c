#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>
#include <boost/json/value.hpp>
#include <boost/system/result.hpp>

#include "cli/bench/bench.hpp"
#include "cli/bench/bench_machine.hpp"

namespace orrery {

/// One measurement over all runs.
struct BenchResult {
  /// The median run's: value, figures and series belong together. `hash` is empty where the runs
  /// disagree.
  Measurement median;
  /// The value of each run, in order.
  std::vector<double> runs;
  /// The runs of one commit computed different things: the bench is broken, or the code is.
  bool hash_differs = false;

  double lowest() const;
  double highest() const;
  /// Half of what lies between the lowest and the highest run, as a share of the median.
  double spread() const;

  BOOST_DESCRIBE_CLASS(BenchResult, (), (median, runs, hash_differs), (), ())
};

/// What a session of measuring found, with what is needed to judge it later.
struct BenchResults {
  static constexpr int version_now = 1;

  /// Of the form in JSON.
  int version = version_now;
  std::string release;
  std::string commit;
  /// RFC 3339.
  std::string measured_at;
  BenchMachine machine;
  bool quick = false;
  std::vector<BenchResult> results;
  /// Benches that ended without a result.
  std::vector<std::string> failed;

  BOOST_DESCRIBE_CLASS(BenchResults, (),
                       (version, release, commit, measured_at, machine, quick, results, failed), (),
                       ())
};

/// Puts the measurements of one bench's runs together by name, in the order of the first run.
std::vector<BenchResult> summarise(const std::vector<std::vector<Measurement>>& runs);

/// What `orrery bench --json` writes (docs/bench.md).
std::string to_json_text(const BenchResults& results);

/// The error is a sentence.
boost::system::result<BenchResults, std::string> read_bench_results(std::string_view text);

/// What a run's process tells the one that started it: measurements as a line of JSON, there and
/// back.
std::string to_json_text(const std::vector<Measurement>& measurements);
boost::system::result<std::vector<Measurement>, std::string> read_measurements(
    std::string_view text);

}  // namespace orrery
