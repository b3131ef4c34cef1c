#pragma once

#include <chrono>

namespace orrery {

/// When Slurm is looked at next. Looks take a twentieth of a processor: each is rested from for
/// twenty times of what it cost. A hint is followed at once and that time lent, as long as no more
/// than one second is owed; looks come more seldom then until it is paid back. Pure.
class LookPace {
 public:
  using Moment = std::chrono::steady_clock::time_point;
  using Time = std::chrono::steady_clock::duration;

  /// Between two looks, at least, where there was no hint.
  explicit LookPace(Time tick) : tick_(tick) {}

  /// Something has happened, which a look that is under way may not show.
  void hint() { is_hinted_ = true; }
  void begin(Moment now);
  /// `cost`: processor time, of whatever the look took.
  void end(Moment now, Time cost);

  Moment next() const;

 private:
  Time tick_;
  Moment begun_ = {};
  /// Without a hint, and with one.
  Moment due_ = {};
  Moment due_if_hinted_ = {};
  /// By then all looks are paid for.
  Moment paid_at_ = {};
  bool is_hinted_ = false;
};

}  // namespace orrery
