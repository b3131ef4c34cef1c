#pragma once

#include <string>
#include <string_view>

namespace orrery {

/// A stream is named "<aggregate>/<id>". `aggregate` is the `stream_prefix` of an aggregate, such
/// as "vm".
inline std::string stream_name(std::string_view aggregate, std::string_view id) {
  std::string name;
  name.reserve(aggregate.size() + 1 + id.size());
  return name.append(aggregate).append("/").append(id);
}

/// The id within a stream name; the whole name where it holds no slash. A view into `stream`.
inline std::string_view stream_id(std::string_view stream) {
  return stream.substr(stream.find('/') + 1);
}

/// The aggregate within a stream name. A view into `stream`.
inline std::string_view stream_aggregate(std::string_view stream) {
  return stream.substr(0, stream.find('/'));
}

}  // namespace orrery
