#include "sim/traces/run_time_strata.hpp"

#include <algorithm>
#include <cmath>

#include <boost/math/distributions/normal.hpp>

namespace orrery {
namespace {

double below(double z) { return boost::math::cdf(boost::math::normal(), z); }

/// The integral of a log-normal distribution up to `z` deviations from its median.
double integral_to(double z, double log_median, double width) {
  return std::exp(log_median + width * width / 2) * below(z - width);
}

/// The whole mean, where everything beyond the longest run counts as the longest.
double cut_mean_s(double log_median, double width) {
  const double z = (std::log(RunTimeStrata::run_s_max) - log_median) / width;
  return integral_to(z, log_median, width) + RunTimeStrata::run_s_max * (1 - below(z));
}

/// The mean grows with the width, so it is found by halving.
double width_for(double mean_s, double log_median) {
  double low = 0.01;
  double high = 8;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (cut_mean_s(log_median, middle) < mean_s ? low : high) = middle;
  }
  return low;
}

}  // namespace

RunTimeStrata::RunTimeStrata(double mean_s, double median_s)
    : log_median_(std::log(median_s)), width_(width_for(mean_s, log_median_)) {}

double RunTimeStrata::mean_s_of(std::uint32_t index, std::uint32_t count) const {
  const double parts = count;
  return (partial_mean_s((index + 1) / parts) - partial_mean_s(index / parts)) * parts;
}

double RunTimeStrata::partial_mean_s(double probability) const {
  if (probability <= 0) return 0;
  const double z_cut = (std::log(run_s_max) - log_median_) / width_;
  const double cut = below(z_cut);
  if (probability < cut)
    return integral_to(boost::math::quantile(boost::math::normal(), probability), log_median_,
                       width_);
  return integral_to(z_cut, log_median_, width_) + run_s_max * (probability - cut);
}

}  // namespace orrery
