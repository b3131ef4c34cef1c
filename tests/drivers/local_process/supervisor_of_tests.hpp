#pragma once

#include <string>
#include <vector>

namespace orrery {

/// By this the test binary, started anew, is a supervisor (supervisor_of_tests.cpp).
inline std::vector<std::string> supervisor_of_tests() {
  return {"/proc/self/exe", "orrery-supervise"};
}

}  // namespace orrery
