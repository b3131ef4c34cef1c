#pragma once

#include "storage/clock.hpp"

namespace orrery {

/// The machine's wall clock. It may jump; the log actor sees to it that the times in the log never
/// go backwards.
class SystemClock final : public Clock {
 public:
  Time now() const override;
};

}  // namespace orrery
