#pragma once

#include <string>

#include <boost/json/fwd.hpp>

namespace orrery {

/// JSON for people and for `diff`: members and elements a line each, but arrays of numbers and
/// texts on one; numbers as people write them, 0.5 rather than 5E-1. What is no number is null.
/// Ends with a line feed.
std::string readable_json(const boost::json::value& value);

}  // namespace orrery
