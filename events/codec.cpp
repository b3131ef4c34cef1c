#include "events/codec.hpp"

#include <array>
#include <stdexcept>
#include <utility>

#include "events/archive.hpp"
#include "events/upcast/table.hpp"

namespace orrery {
namespace {

using Decoder = boost::system::result<Event, DecodeError> (*)(std::uint16_t version, ByteReader&);

template <std::size_t Index>
boost::system::result<Event, DecodeError> decode_as(std::uint16_t version, ByteReader& reader) {
  Event event{std::in_place_index<Index>};
  auto& payload = std::get<Index>(event);
  using Payload = std::remove_reference_t<decltype(payload)>;
  if (version == Events::versions[Index])
    reader(payload);
  else if (!UpcastTo<Upcasters, Payload>::read(Events::tags[Index], version, reader, payload))
    return DecodeError::unknown_version;
  return event;
}

template <std::size_t... Index>
constexpr std::array<Decoder, sizeof...(Index)> decoders(std::index_sequence<Index...>) {
  return {decode_as<Index>...};
}

constexpr auto decoder_of_index = decoders(std::make_index_sequence<Events::size>());

/// Tags are 0xAAEE: aggregate, event. Both are small, so a flat table finds the line of the
/// registry.
constexpr std::size_t tag_table_size = 0x3000;
constexpr std::uint8_t no_index = 0xFF;

constexpr auto index_of_tag = [] {
  static_assert(Events::size < no_index);
  std::array<std::uint8_t, tag_table_size> table{};
  table.fill(no_index);
  for (std::size_t i = 0; i < Events::size; ++i)
    table[Events::tags[i]] = static_cast<std::uint8_t>(i);
  return table;
}();

}  // namespace

std::string_view to_string(DecodeError error) {
  switch (error) {
    case DecodeError::unknown_tag:
      return "unknown event tag";
    case DecodeError::unknown_version:
      return "unknown event version";
    case DecodeError::malformed_payload:
      return "malformed event payload";
  }
  return "decode error";
}

void throw_exception_from_error(const DecodeError& error, const boost::source_location&) {
  throw std::logic_error(std::string(to_string(error)));
}

void encode(const Event& event, std::string& out) {
  ByteWriter writer(out);
  std::visit([&](const auto& payload) { writer(payload); }, event);
}

boost::system::result<Event, DecodeError> decode(std::uint16_t tag, std::uint16_t version,
                                                 std::string_view payload) {
  if (tag >= tag_table_size || index_of_tag[tag] == no_index) return DecodeError::unknown_tag;
  const auto index = index_of_tag[tag];
  if (payload.size() > event_payload_bytes_max) return DecodeError::malformed_payload;
  try {
    ByteReader reader(payload);
    auto event = decoder_of_index[index](version, reader);
    if (event && !reader.exhausted()) return DecodeError::malformed_payload;
    return event;
  } catch (const MalformedBytes&) {
    return DecodeError::malformed_payload;
  } catch (const cereal::Exception&) {
    return DecodeError::malformed_payload;
  }
}

}  // namespace orrery
