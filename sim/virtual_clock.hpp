#pragma once

#include <chrono>

#include "storage/clock.hpp"

namespace orrery {

/// Time that passes only when the world says so. One thread.
class VirtualClock final : public Clock {
 public:
  Time now() const override { return now_; }
  void advance(std::chrono::microseconds span) { now_ += span; }

 private:
  Time now_{std::chrono::seconds(1'700'000'000)};
};

}  // namespace orrery
