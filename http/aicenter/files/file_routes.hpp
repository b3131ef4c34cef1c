#pragma once

#include "http/aicenter/context.hpp"
#include "http/server/router.hpp"

namespace orrery::aicenter {

/// Each person's own files, below /orrery/v1/center: `files` to list, read, make and remove,
/// `uploads` to bring them (tus 1.0.0). `context.files` and `context.tokens` must be there.
void add_file_routes(Router& router, const AicenterContext& context);

}  // namespace orrery::aicenter
