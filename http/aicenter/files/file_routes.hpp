#pragma once

#include "http/aicenter/route_table.hpp"

namespace orrery::aicenter {

/// Each person's own files, below /orrery/v1/center: `files` to list, read, bring, and remove,
/// `folders` to make, `uploads` to bring what is large (tus 1.0.0).
void add_files(Routes& routes);

}  // namespace orrery::aicenter
