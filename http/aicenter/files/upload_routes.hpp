#pragma once

#include "http/aicenter/route_table.hpp"

namespace orrery::aicenter {

/// What brings files: PUT of a whole one, and uploads that go on after whatever has happened.
void add_uploads(Routes& routes);

}  // namespace orrery::aicenter
