#pragma once

#include <optional>
#include <string_view>

#include "events/folds/quota_check.hpp"
#include "http/mkinf/context.hpp"
#include "http/mkinf/errors.hpp"

namespace orrery::mkinf {

/// 403 with the quota, its limit, its use and what is asked for, where the project may not have
/// `demand` more; or where its money for this month (UTC) is spent. An answer at once: somebody
/// else may be faster still, and then the operation fails with the same words. Money is looked at
/// here alone: what runs when it is spent runs on.
std::optional<Refusal> refusal_of_limits(const MkinfContext& context, std::string_view project_id,
                                         const QuotaDemand& demand);

}  // namespace orrery::mkinf
