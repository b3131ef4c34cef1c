#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/system/result.hpp>

#include "events/envelope.hpp"

namespace orrery {

/// The stored form of events (docs/formats/event.md): cereal over `ByteWriter`, members in the
/// order of their description.

/// No payload is larger: a request body is at most 1 MiB, and nothing else feeds one.
inline constexpr std::size_t event_payload_bytes_max = 4u << 20;

enum class DecodeError : std::uint8_t {
  unknown_tag,
  unknown_version,
  malformed_payload,
};

std::string_view to_string(DecodeError error);

/// Appends the payload of `event` to `out`. The tag and version belong to the envelope: `tag_of`,
/// `version_of`.
void encode(const Event& event, std::string& out);

/// The event stored as `payload` under `tag` and `version`; an old version comes back upcast to the
/// current one. Any bytes are safe to pass: damage is an error, and no allocation exceeds the
/// payload's size by much.
boost::system::result<Event, DecodeError> decode(std::uint16_t tag, std::uint16_t version,
                                                 std::string_view payload);

/// For `boost::system::result`: asking a failed decode for its value is our own bug, so this stops
/// the program.
[[noreturn]] void throw_exception_from_error(const DecodeError& error,
                                             const boost::source_location& location);

}  // namespace orrery
