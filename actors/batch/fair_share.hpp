#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "actors/batch/forecast.hpp"
#include "actors/batch/people.hpp"
#include "events/batch_policy_events.hpp"
#include "events/envelope.hpp"

namespace orrery::batch {

/// How much somebody has used up to a moment, and how fast he uses more. Usage fades with a
/// half-life, so it is an integral that needs no clock tick: it is brought up to date when the rate
/// changes.
struct Usage {
  /// Weighted seconds.
  double value = 0;
  Time as_of{};
  /// Weighted seconds in a second.
  double rate = 0;

  /// As of a later moment. A half-life of 0 means that nothing fades.
  double at(Time now, std::uint32_t half_life_min) const;
  void change_rate(double by, Time now, std::uint32_t half_life_min);
  BOOST_DESCRIBE_CLASS(Usage, (), (value, as_of, rate), (), ())
};

/// Weighted seconds in a second of who holds so much.
double usage_rate(const BatchWeights& weights, std::uint64_t gpus, std::uint64_t cpus,
                  std::uint64_t memory_mib);

/// What everybody's usage makes of his share.
struct Shares {
  /// By "team" and "team/user".
  std::map<std::string, ShareForecast, std::less<>> by_name;
  /// The fair-share factor, by association.
  std::vector<double> factors;
};

/// As Slurm's multi-factor plugin computes them without its fair tree: a user's effective usage is
/// his own, plus his share of what the rest of his team has used. `usages` are by association.
Shares shares_of(const People& people, const std::vector<double>& usages);

}  // namespace orrery::batch
