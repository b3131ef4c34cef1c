#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/system/result.hpp>

#include "events/disk_events.hpp"
#include "http/json/json_body.hpp"
#include "projections/catalogue/catalogue_view.hpp"

namespace orrery::mkinf {

/// A PiB: more than any disk has.
inline constexpr std::uint64_t disk_size_gib_max = 1'048'576;

/// The body of a create, with every word checked; the project stays empty. The problem names the
/// field.
boost::system::result<DiskSpecification, JsonProblem> read_disk_request(std::string_view body,
                                                                        const Catalogue& catalogue);

/// The body of a PATCH, which changes the size and nothing else: GiB.
boost::system::result<std::uint64_t, JsonProblem> read_disk_size(std::string_view body);

/// "100GiB" or "2TiB" in GiB; nothing for what is no such size, or none that a disk may have.
std::optional<std::uint64_t> parse_disk_size(std::string_view text);

/// Always in GiB, as everything shows sizes: "2048GiB".
std::string disk_size_text(std::uint64_t size_gib);

/// The API's names.
std::string_view type_name(DiskType type);
std::string_view mode_name(DiskMode mode);

/// The request as operations show it.
boost::json::object request_json(const DiskSpecification& specification);

}  // namespace orrery::mkinf
