#pragma once

#include "http/json/json_fields.hpp"

namespace orrery::mkinf {

/// Refuses what the APIs know and this server doesn't have, wherever it would change what the
/// client gets: InfiniBand adapters, commitments, templates, custom images, snapshots. Empty
/// values, which clients send along, ask for nothing.
void refuse_unsupported(JsonFields& fields);

}  // namespace orrery::mkinf
