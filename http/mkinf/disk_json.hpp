#pragma once

#include <string>

#include <boost/json/object.hpp>

#include "projections/disks/disk_view.hpp"

namespace orrery::mkinf {

/// The disk as its own collection shows it; within a VM it looks different (vm_json.hpp).
boost::json::object disk_json(const DiskDetails& disk);

/// The bytes of one disk.
std::string render_disk(const DiskDetails& disk);

}  // namespace orrery::mkinf
