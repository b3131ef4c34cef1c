#pragma once

#include <string>
#include <utility>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "http/server/message.hpp"

namespace orrery::aifactory {

/// 200 with a body of JSON text.
inline Response ok(std::string body) {
  Response response;
  response.body = std::move(body);
  return response;
}

inline Response ok(const boost::json::value& body) { return ok(boost::json::serialize(body)); }

}  // namespace orrery::aifactory
