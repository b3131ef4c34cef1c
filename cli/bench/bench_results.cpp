#include "cli/bench/bench_results.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "sim/report/readable_json.hpp"

namespace orrery {
namespace {

/// The index of the run whose value is the median; of two in the middle the lower.
std::size_t median_index(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t index) { return values[index]; });
  return order[(order.size() - 1) / 2];
}

BenchResult result_of(const std::vector<const Measurement*>& runs) {
  BenchResult result;
  for (const auto* run : runs) result.runs.push_back(run->value);
  result.median = *runs[median_index(result.runs)];
  result.hash_differs = std::ranges::any_of(
      runs, [&](const Measurement* run) { return run->hash != result.median.hash; });
  if (result.hash_differs) result.median.hash.clear();
  return result;
}

template <class T>
boost::system::result<T, std::string> read_as(std::string_view text) {
  boost::system::error_code failure;
  const auto value = boost::json::parse(text, failure);
  if (failure) return "this is no JSON: " + failure.message();
  auto read = boost::json::try_value_to<T>(value);
  if (!read)
    return std::string("this JSON has not the form that orrery bench writes: ") +
           read.error().message();
  return std::move(*read);
}

}  // namespace

double BenchResult::lowest() const { return *std::ranges::min_element(runs); }
double BenchResult::highest() const { return *std::ranges::max_element(runs); }
double BenchResult::spread() const {
  return median.value == 0 ? 0 : (highest() - lowest()) / 2 / std::abs(median.value);
}

std::vector<BenchResult> summarise(const std::vector<std::vector<Measurement>>& runs) {
  std::vector<BenchResult> results;
  if (runs.empty()) return results;
  for (const auto& first : runs.front()) {
    std::vector<const Measurement*> same;
    for (const auto& run : runs) {
      const auto found = std::ranges::find(run, first.name, &Measurement::name);
      if (found != run.end()) same.push_back(&*found);
    }
    results.push_back(result_of(same));
  }
  return results;
}

std::string to_json_text(const BenchResults& results) {
  return readable_json(boost::json::value_from(results));
}

boost::system::result<BenchResults, std::string> read_bench_results(std::string_view text) {
  auto results = read_as<BenchResults>(text);
  if (!results) return results;
  if (results->version != BenchResults::version_now)
    return fmt::format("this has version {} of the form, and this orrery reads version {}",
                       results->version, BenchResults::version_now);
  if (std::ranges::any_of(results->results,
                          [](const BenchResult& result) { return result.runs.empty(); }))
    return std::string("a result has no runs");
  return results;
}

std::string to_json_text(const std::vector<Measurement>& measurements) {
  return boost::json::serialize(boost::json::value_from(measurements));
}

boost::system::result<std::vector<Measurement>, std::string> read_measurements(
    std::string_view text) {
  return read_as<std::vector<Measurement>>(text);
}

}  // namespace orrery
