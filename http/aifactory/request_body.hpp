#pragma once

#include <string>

#include <simdjson.h>
#include <boost/system/result.hpp>

#include "http/aifactory/errors.hpp"

namespace orrery::aifactory {

/// The body as a JSON object; else the 422 that FastAPI has for it. The content type must be JSON:
/// web pages of others cannot send that one without being asked first, so none of them can start
/// anything here. Valid, with every string read from it, until the next call on the same thread.
boost::system::result<simdjson::dom::object, Refusal> object_of(const Request& request);

/// As JSON text, at most some KiB of it: what a refusal shows of the body.
std::string input_text(simdjson::dom::element element);
std::string input_text(simdjson::dom::object object);

}  // namespace orrery::aifactory
