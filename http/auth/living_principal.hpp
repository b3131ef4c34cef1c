#pragma once

#include <memory>
#include <string_view>

#include "projections/identity/identity_view.hpp"

namespace orrery {

class Clock;

/// The holder of a credential, such as `bearer_credential` gives; null where it is empty, unknown,
/// revoked or expired. Any thread.
std::shared_ptr<const Principal> living_principal(const IdentityView& identity, const Clock& clock,
                                                  std::string_view credential);

}  // namespace orrery
