#pragma once

#include <cstdint>
#include <fstream>

#include <unistd.h>

namespace orrery {

/// Bytes of this process that are in memory now.
inline std::int64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::int64_t total = 0;
  std::int64_t resident = 0;
  statm >> total >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

}  // namespace orrery
