#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/system/result.hpp>

#include "events/disk_events.hpp"
#include "http/json/json_body.hpp"
#include "http/json/json_fields.hpp"

namespace orrery::mkinf {

/// Data disks that a VM may have, and so that one request may name.
inline constexpr std::size_t attached_disks_max = 16;

/// The array of `{disk_id, mode, attachment_type}` in a field: no disk twice, data disks only; the
/// mode is read-write where it is absent. Empty where the array is absent or wrong.
std::vector<DiskAttachment> read_attachments(JsonFields& fields, std::string_view name);

/// The body of an attach: at least one disk.
boost::system::result<std::vector<DiskAttachment>, JsonProblem> read_attach_request(
    std::string_view body);

/// The body of a detach: at least one id, none twice.
boost::system::result<std::vector<std::string>, JsonProblem> read_detach_request(
    std::string_view body);

/// Attachments as operations show them.
boost::json::array attachments_json(const std::vector<DiskAttachment>& disks);

}  // namespace orrery::mkinf
