#pragma once

#include <string>
#include <string_view>

#include "http/auth/edge_secret.hpp"

namespace orrery::neolink {

// What opens an instance and names its pod. All of it follows from the instance's uid, so it is the
// same whenever it is shown.

/// 32 hexadecimal digits.
std::string jupyter_token(const EdgeSecret& secret, std::string_view uid);

/// 12 letters and digits.
std::string ssh_password(const EdgeSecret& secret, std::string_view uid);

/// What Kubernetes puts at the end of a pod's name, such as "dd6nm": another one for every start.
std::string pod_suffix(const EdgeSecret& secret, std::string_view uid, std::uint64_t start);

}  // namespace orrery::neolink
