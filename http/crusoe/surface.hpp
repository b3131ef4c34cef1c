#pragma once

#include "http/mkinf/surface.hpp"

namespace orrery {

/// `{"code":"404","message":"not_found"}` below /v1alpha5, with our sentence as "detail" beside it;
/// every list is `{"items":[…]}`; requests may be signed.
const mkinf::Surface& crusoe_surface();

}  // namespace orrery
