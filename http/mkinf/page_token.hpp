#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "events/envelope.hpp"
#include "http/auth/edge_secret.hpp"

namespace orrery::mkinf {

/// Where a list goes on, as a text that tells its reader nothing: a place in the log would tell how
/// much happens on this server. The same place is always the same text.
std::string page_token(Position place, const EdgeSecret& secret);

/// Nothing where the text was not made by `page_token` with the same secret.
std::optional<Position> read_page_token(std::string_view text, const EdgeSecret& secret);

}  // namespace orrery::mkinf
