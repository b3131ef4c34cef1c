#pragma once

#include <string>
#include <string_view>

namespace orrery {

/// The style sheet of a report: light, dark and on paper, from a phone's width on.
std::string_view report_style();

/// How a content security policy names it: "sha256-…".
std::string report_style_digest();

}  // namespace orrery
