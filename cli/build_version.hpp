#pragma once

#include <string>

namespace orrery {

/// "0.1.0".
std::string build_release();

/// The commit that was built, "-dirty" at its end where files differed from it; "unknown" without
/// git.
std::string build_commit();

}  // namespace orrery
