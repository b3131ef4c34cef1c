#include "actors/runtime/log_access.hpp"

#include <cstdio>
#include <cstdlib>

namespace orrery {

void stop_for_damage(const LogDamage& damage) {
  std::fprintf(stderr, "orrery: the log is damaged at position %llu: %s\n",
               static_cast<unsigned long long>(damage.position), damage.message.c_str());
  std::abort();
}

}  // namespace orrery
