#pragma once

#include <string>
#include <string_view>

#include "http/gpushare/context.hpp"

namespace orrery::gpushare {

/// A user name for somebody who hasn't chosen one, made of what stands before the "@" of his mail
/// address; with a number behind it where others are called so already.
std::string free_username(const GpushareContext& context, std::string_view email);

}  // namespace orrery::gpushare
