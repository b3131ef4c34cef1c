#include "sim/traces/generate_trace.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>

#include "sim/seeded_random.hpp"
#include "sim/traces/run_time_strata.hpp"

namespace orrery {
namespace {

/// What a job may ask for, and how often relative to the others before the mean is set right.
struct GpuWish {
  std::uint32_t count;
  std::uint32_t milli;
  double weight;

  double gpus() const { return count * (milli / 1'000.0); }
};

/// Powers of two up to many nodes, with more of the whole node than a smooth curve would have.
constexpr std::array<GpuWish, 8> whole_gpus{{{1, 1'000, 0.55},
                                             {2, 1'000, 0.12},
                                             {4, 1'000, 0.10},
                                             {8, 1'000, 0.16},
                                             {16, 1'000, 0.04},
                                             {32, 1'000, 0.02},
                                             {64, 1'000, 0.008},
                                             {128, 1'000, 0.002}}};
constexpr std::array<GpuWish, 7> shared_gpus{{{1, 125, 0.10},
                                              {1, 250, 0.25},
                                              {1, 500, 0.25},
                                              {1, 1'000, 0.32},
                                              {2, 1'000, 0.05},
                                              {4, 1'000, 0.02},
                                              {8, 1'000, 0.01}}};

/// In [0, 1).
double fraction(SeededRandom& random) {
  constexpr auto steps = std::size_t{1} << 53;
  return static_cast<double>(random.below(steps)) / static_cast<double>(steps);
}

template <class T>
void shuffle(std::vector<T>& values, SeededRandom& random) {
  for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[random.below(i)]);
}

/// How many of `count` each share gets, so that it is all of them: rounded down, and one more for
/// those that lost most by it.
std::vector<std::uint32_t> apportion(std::uint32_t count, const std::vector<double>& weights) {
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  std::vector<std::uint32_t> parts;
  std::vector<std::pair<double, std::size_t>> losses;
  std::uint32_t given = 0;
  for (const double weight : weights) {
    const double exact = count * weight / sum;
    parts.push_back(static_cast<std::uint32_t>(exact));
    losses.emplace_back(std::floor(exact) - exact, losses.size());
    given += parts.back();
  }
  std::sort(losses.begin(), losses.end());
  for (std::size_t i = 0; given < count; ++i, ++given) ++parts[losses[i % losses.size()].second];
  return parts;
}

/// The weights of the wishes, tilted towards small or large such that their mean is right.
std::vector<double> weights_with_mean(std::span<const GpuWish> wishes, double gpus_mean) {
  std::vector<double> weights(wishes.size());
  const auto mean_at = [&](double tilt) {
    double sum = 0;
    double gpus = 0;
    for (std::size_t i = 0; i < wishes.size(); ++i) {
      weights[i] = wishes[i].weight * std::pow(wishes[i].gpus(), tilt);
      sum += weights[i];
      gpus += weights[i] * wishes[i].gpus();
    }
    return gpus / sum;
  };
  double low = -8;
  double high = 8;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (mean_at(middle) < gpus_mean ? low : high) = middle;
  }
  mean_at(low);
  return weights;
}

std::vector<GpuWish> draw_gpus(const GeneratorSettings& settings, SeededRandom& random) {
  const std::span<const GpuWish> wishes = settings.like == TraceLikeness::pai
                                              ? std::span<const GpuWish>(shared_gpus)
                                              : std::span<const GpuWish>(whole_gpus);
  const auto mean = published_summary(settings.like).gpus_mean;
  const auto counts = apportion(settings.job_count, weights_with_mean(wishes, mean));
  std::vector<GpuWish> drawn;
  drawn.reserve(settings.job_count);
  for (std::size_t i = 0; i < wishes.size(); ++i) drawn.insert(drawn.end(), counts[i], wishes[i]);
  shuffle(drawn, random);
  return drawn;
}

/// In whole seconds, of which at least one.
std::vector<std::int64_t> draw_runs_s(const GeneratorSettings& settings, SeededRandom& random) {
  const auto summary = published_summary(settings.like);
  const RunTimeStrata strata(summary.run_s_mean, summary.run_s_median);
  std::vector<std::int64_t> runs;
  runs.reserve(settings.job_count);
  for (std::uint32_t i = 0; i < settings.job_count; ++i) {
    const double around = 0.9 + 0.2 * fraction(random);
    const auto run_s = std::llround(strata.mean_s_of(i, settings.job_count) * around);
    runs.push_back(std::max<std::int64_t>(run_s, 1));
  }
  shuffle(runs, random);
  return runs;
}

std::vector<TraceOutcome> draw_outcomes(const GeneratorSettings& settings, SeededRandom& random) {
  const auto summary = published_summary(settings.like);
  const double failed = summary.failed_permille;
  const double cancelled = summary.cancelled_permille;
  const bool is_known = failed + cancelled > 0;
  const auto counts =
      apportion(settings.job_count, {failed, cancelled, 1'000 - failed - cancelled});
  std::vector<TraceOutcome> outcomes;
  outcomes.reserve(settings.job_count);
  outcomes.insert(outcomes.end(), counts[0], TraceOutcome::failed);
  outcomes.insert(outcomes.end(), counts[1], TraceOutcome::cancelled);
  outcomes.insert(outcomes.end(), counts[2],
                  is_known ? TraceOutcome::completed : TraceOutcome::unknown);
  shuffle(outcomes, random);
  return outcomes;
}

/// A few tenants have most of the jobs: the k-th has a k-th of what the first has.
std::vector<std::uint32_t> draw_tenants(const GeneratorSettings& settings, SeededRandom& random) {
  std::vector<double> weights;
  for (std::uint32_t i = 1; i <= published_summary(settings.like).tenant_count; ++i)
    weights.push_back(1.0 / i);
  const auto counts = apportion(settings.job_count, weights);
  std::vector<std::uint32_t> tenants;
  tenants.reserve(settings.job_count);
  for (std::uint32_t i = 0; i < counts.size(); ++i) tenants.insert(tenants.end(), counts[i], i);
  shuffle(tenants, random);
  return tenants;
}

/// How busy people are in an hour of the week, which begins on Monday.
double weight_of_hour(std::size_t hour_of_week) {
  const auto hour = hour_of_week % 24;
  const bool is_weekend = hour_of_week >= std::size_t{5} * 24;
  const double by_day = hour >= 9 && hour < 22 ? 1.0 : 0.4;
  return is_weekend ? by_day * 0.6 : by_day;
}

/// Seconds from the beginning, in order; as many as there are jobs, over `span_s`.
std::vector<std::int64_t> draw_submissions_s(std::uint32_t count, double span_s,
                                             SeededRandom& random) {
  constexpr double hour_s = 3'600;
  std::vector<double> until{0};  // By hour: how much of the work has come.
  const auto hours = static_cast<std::size_t>(std::ceil(span_s / hour_s));
  for (std::size_t hour = 0; hour < hours; ++hour)
    until.push_back(until.back() + weight_of_hour(hour % 168));
  std::vector<std::int64_t> submissions;
  submissions.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    const double drawn = fraction(random) * until.back();
    const auto after = std::upper_bound(until.begin(), until.end(), drawn);
    const auto hour = static_cast<std::size_t>(after - until.begin()) - 1;
    const double within = (drawn - until[hour]) / (*after - until[hour]);
    submissions.push_back(std::llround((static_cast<double>(hour) + within) * hour_s));
  }
  std::sort(submissions.begin(), submissions.end());
  return submissions;
}

std::vector<TraceJob> draw_jobs(const GeneratorSettings& settings, double cluster_gpus) {
  SeededRandom random(settings.seed);
  const auto gpus = draw_gpus(settings, random);
  const auto runs_s = draw_runs_s(settings, random);
  const auto outcomes = draw_outcomes(settings, random);
  const auto tenants = draw_tenants(settings, random);
  double gpu_seconds = 0;
  for (std::size_t i = 0; i < gpus.size(); ++i)
    gpu_seconds += gpus[i].gpus() * static_cast<double>(runs_s[i]);
  const auto span_s = std::max(gpu_seconds / (cluster_gpus * settings.load), 1.0);
  const auto submissions = draw_submissions_s(settings.job_count, span_s, random);
  std::vector<TraceJob> jobs(settings.job_count);
  for (std::uint32_t i = 0; i < settings.job_count; ++i) {
    auto& job = jobs[i];
    job.line = i + 1;
    job.tenant = tenants[i];
    job.submit_ms = (submissions[i] - submissions[0]) * 1'000;
    job.run_ms = runs_s[i] * 1'000;
    job.gpu_count = gpus[i].count;
    job.gpu_milli = gpus[i].milli;
    job.outcome = outcomes[i];
  }
  return jobs;
}

}  // namespace

TraceSummary published_summary(TraceLikeness like) {
  switch (like) {
    case TraceLikeness::philly:
      return {18'006, 874, 1.93, 305, 90, 2'490, 14};
    case TraceLikeness::helios:
      return {6'652, 206, 3.72, 155, 221, 6'220, 105};
    case TraceLikeness::seren:
      return {1'414, 122, 5.68, 429, 75, 2'288, 20};
    case TraceLikeness::pai:
      return {4'787, 481, 0.68, 0, 0, 6'742, 1'300};
  }
  return {};
}

std::optional<TraceLikeness> likeness_named(std::string_view name) {
  TraceLikeness like{};
  if (!boost::describe::enum_from_string(std::string(name).c_str(), like)) return std::nullopt;
  return like;
}

Trace generate_trace(const GeneratorSettings& settings) {
  const auto summary = published_summary(settings.like);
  const auto gpus =
      settings.cluster_gpu_count != 0 ? settings.cluster_gpu_count : summary.cluster_gpu_count;
  Trace trace;
  trace.name = fmt::format("{}-like", boost::describe::enum_to_string(settings.like, ""));
  for (std::uint32_t i = 1; i <= summary.tenant_count; ++i)
    trace.tenants.push_back(fmt::format("tenant {}", i));
  if (settings.job_count > 0) trace.jobs = draw_jobs(settings, gpus);
  TraceNodes nodes;
  nodes.node_count = (gpus + generated_gpus_per_node - 1) / generated_gpus_per_node;
  nodes.gpus_per_node = generated_gpus_per_node;
  trace.nodes.push_back(nodes);
  return trace;
}

}  // namespace orrery
