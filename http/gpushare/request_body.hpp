#pragma once

#include <boost/json/value.hpp>
#include <boost/system/result.hpp>

#include "http/gpushare/errors.hpp"
#include "http/server/message.hpp"

namespace orrery::gpushare {

/// A request's body as the parsers of Django REST Framework give it.
struct Body {
  boost::json::value value;
  /// It came as a form: every value is a string, "user.username" is a field of "user", and an empty
  /// one may stand for none.
  bool is_form = false;
};

/// The body: JSON, or a form (application/x-www-form-urlencoded); an empty one is an empty object.
/// 400 for what doesn't parse, 415 for other content types.
boost::system::result<Body, Refusal> body_of(const Request& request);

}  // namespace orrery::gpushare
