#include "sim/report/timeline.hpp"

#include <algorithm>
#include <cmath>

namespace orrery {
namespace {

/// Means over equally long steps of values that hold from one time to another. A span costs the
/// two steps at its ends, however many lie between.
class StepMeans {
 public:
  StepMeans(std::size_t step_count, double step_ms)
      : step_ms_(step_ms), partial_(step_count), change_(step_count + 1) {}

  /// `value` more from `from_ms` until `until_ms`.
  void add(double from_ms, double until_ms, double value) {
    if (until_ms <= from_ms) return;
    const auto first = step_at(from_ms);
    const auto last = step_at(until_ms);
    if (first == last) {
      partial_[first] += value * (until_ms - from_ms) / step_ms_;
      return;
    }
    partial_[first] += value * (end_of(first) - from_ms) / step_ms_;
    partial_[last] += value * (until_ms - end_of(last - 1)) / step_ms_;
    change_[first + 1] += value;
    change_[last] -= value;
  }

  /// To the thousandth, below which sums of fractions are noise.
  std::vector<double> means() const {
    std::vector<double> means(partial_.size());
    double whole = 0;
    for (std::size_t step = 0; step < means.size(); ++step) {
      whole += change_[step];
      means[step] = std::max(0.0, std::round((whole + partial_[step]) * 1'000) / 1'000);
    }
    return means;
  }

 private:
  std::size_t step_at(double time_ms) const {
    const auto step = static_cast<std::size_t>(std::max(0.0, time_ms / step_ms_));
    return std::min(step, partial_.size() - 1);
  }
  double end_of(std::size_t step) const { return static_cast<double>(step + 1) * step_ms_; }

  double step_ms_;
  std::vector<double> partial_;
  std::vector<double> change_;
};

/// The most jobs that waited at once in each step. Of things at one time starts come first, so that
/// a job that starts at its submission never waits.
std::vector<double> peaks(const Trace& trace, const TraceResult& result, std::size_t step_count,
                          double step_ms) {
  std::vector<std::pair<std::int64_t, std::int64_t>> changes;
  for (const auto& traced : result.jobs) {
    const auto submit_ms = trace.jobs[traced.job].submit_ms;
    if (traced.start_ms <= submit_ms) continue;
    changes.emplace_back(submit_ms, 1);
    changes.emplace_back(traced.start_ms, -1);
  }
  std::sort(changes.begin(), changes.end());
  std::vector<double> peaks(step_count);
  std::int64_t waiting = 0;
  std::size_t step = 0;
  for (const auto& [at_ms, change] : changes) {
    const auto here =
        std::min(static_cast<std::size_t>(std::max(0.0, static_cast<double>(at_ms) / step_ms)),
                 step_count - 1);
    while (step < here) peaks[++step] = static_cast<double>(waiting);
    waiting += change;
    peaks[step] = std::max(peaks[step], static_cast<double>(waiting));
  }
  return peaks;
}

}  // namespace

double gpus_of(const TraceJob& job) {
  return static_cast<double>(job.gpu_count) * static_cast<double>(job.gpu_milli) / 1'000;
}

Timeline timeline_of(const Trace& trace, const TraceResult& result, std::size_t step_count) {
  Timeline timeline;
  if (result.makespan_ms <= 0 || step_count == 0) return timeline;
  const auto end_ms = static_cast<double>(result.makespan_ms);
  const auto step_ms = end_ms / static_cast<double>(step_count);
  StepMeans used(step_count, step_ms);
  StepMeans waiting_jobs(step_count, step_ms);
  StepMeans waiting_gpus(step_count, step_ms);
  StepMeans fragmented(step_count, step_ms);
  for (const auto& traced : result.jobs) {
    if (traced.start_ms < 0) continue;
    const auto& job = trace.jobs[traced.job];
    const auto start_ms = static_cast<double>(traced.start_ms);
    used.add(start_ms, static_cast<double>(traced.end_ms), gpus_of(job));
    waiting_jobs.add(static_cast<double>(job.submit_ms), start_ms, 1);
    waiting_gpus.add(static_cast<double>(job.submit_ms), start_ms, gpus_of(job));
  }
  for (std::size_t i = 0; i < result.samples.size(); ++i) {
    const auto& sample = result.samples[i];
    const auto until_ms =
        i + 1 < result.samples.size() ? result.samples[i + 1].at_ms : result.makespan_ms;
    fragmented.add(static_cast<double>(sample.at_ms), static_cast<double>(until_ms),
                   sample.fragmented_gpus);
  }
  timeline.step_s = step_ms / 1'000;
  timeline.gpus_in_use = used.means();
  timeline.waiting_jobs = waiting_jobs.means();
  timeline.waiting_jobs_max = peaks(trace, result, step_count, step_ms);
  timeline.waiting_gpus = waiting_gpus.means();
  timeline.fragmented_gpus = fragmented.means();
  return timeline;
}

}  // namespace orrery
