#pragma once

#include <memory>
#include <string>

#include "http/gpushare/context.hpp"

namespace orrery::gpushare {

/// Keeps a client's names as they are while it is held, as a rename does: only one thing at a time
/// changes them or relies on them. Null where somebody has it.
inline std::shared_ptr<KeyClaim> hold_names(const GpushareContext& context,
                                            const std::string& client_id) {
  return context.keys_in_flight->claim(context.secret.seed_of("rename", client_id, ""));
}

}  // namespace orrery::gpushare
