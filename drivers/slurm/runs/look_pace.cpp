#include "drivers/slurm/runs/look_pace.hpp"

#include <algorithm>

namespace orrery {
namespace {

constexpr int rest_per_cost = 20;
/// However much Slurm has, changes are seen within some seconds.
constexpr std::chrono::seconds rest_max{3};
/// Between any two looks.
constexpr std::chrono::milliseconds rest_min{100};
constexpr std::chrono::seconds loan_max{1};

}  // namespace

void LookPace::begin(Moment now) {
  begun_ = now;
  is_hinted_ = false;
}

void LookPace::end(Moment now, Time cost) {
  const auto price = cost * rest_per_cost;
  paid_at_ = std::min<Moment>(std::max(paid_at_, begun_) + price, now + rest_max + loan_max);
  // What is owed besides is paid back in parts, for others' changes are waited for, too.
  const auto rested_at = std::min({paid_at_, begun_ + price * 3 / 2, Moment(now + rest_max)});
  due_ = std::max(rested_at, now + tick_);
  due_if_hinted_ = std::max<Moment>(paid_at_ - loan_max, now + rest_min);
}

LookPace::Moment LookPace::next() const {
  return is_hinted_ ? std::min(due_, due_if_hinted_) : due_;
}

}  // namespace orrery
