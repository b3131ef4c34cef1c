#include "cli/bench/allocator_memory.hpp"

#include <cstddef>

#include <malloc.h>

/// jemalloc's, where the program is linked with it (cmake/Dependencies.cmake).
extern "C" __attribute__((weak)) int mallctl(const char* name, void* old_value,
                                             std::size_t* old_size, void* new_value,
                                             std::size_t new_size);

namespace orrery {

void give_back_free_memory() {
  if (mallctl) {
    mallctl("thread.tcache.flush", nullptr, nullptr, nullptr, 0);
    mallctl("arena.4096.purge", nullptr, nullptr, nullptr, 0);  // 4096 stands for all of them.
  } else {
    ::malloc_trim(0);
  }
}

}  // namespace orrery
