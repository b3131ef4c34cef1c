#pragma once

#include <string>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "http/mkinf/surface.hpp"
#include "http/server/message.hpp"
#include "projections/runtime/prepared_answer.hpp"

namespace orrery::mkinf {

/// 200 with this JSON.
Response ok(const boost::json::value& body);
Response ok(std::string body);

/// Organizations or projects, all of them, in the form of the surface.
Response whole_list(const Surface& surface, boost::json::array items);

/// 200 with the prepared bytes and their ETag, or 304 where the client has them already
/// (`If-None-Match`).
Response one_object(const Request& request, const PreparedAnswer& answer);

}  // namespace orrery::mkinf
