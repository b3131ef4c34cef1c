#pragma once

#include <string_view>

namespace orrery {

/// The reason phrase of a status, such as "Not Found".
std::string_view reason(unsigned status);

/// Whether answers with this status never have a body.
constexpr bool has_no_body(unsigned status) { return status == 204 || status == 304; }

}  // namespace orrery
