#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <simdjson.h>
#include <boost/system/result.hpp>

namespace orrery {

/// Arrays and objects within each other; the body itself is the first level.
inline constexpr std::size_t json_depth_max = 32;

/// Why a body cannot be used, as a sentence for the client. Broken JSON is named with line, column
/// and byte.
struct JsonProblem {
  std::string message;
};
[[noreturn]] void throw_exception_from_error(const JsonProblem& problem,
                                             const boost::source_location& location);

/// The body as a JSON object: valid UTF-8, not too deep, no key twice in any object (parsers
/// disagree about which one counts). Valid, with every string read from it, until the next call on
/// the same thread.
boost::system::result<simdjson::dom::object, JsonProblem> parse_json_object(std::string_view body);

}  // namespace orrery
