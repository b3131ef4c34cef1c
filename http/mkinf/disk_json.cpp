#include "http/mkinf/disk_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "http/json/timestamp.hpp"
#include "http/mkinf/disk_request.hpp"

namespace orrery::mkinf {

namespace json = boost::json;

json::object disk_json(const DiskDetails& disk) {
  json::array attached_to;
  for (const auto& user : disk.users)
    attached_to.push_back(json::object{{"vm_id", user.vm_id},
                                       {"attachment_type", disk.is_os_disk ? "os" : "data"},
                                       {"mode", mode_name(user.mode)}});
  const auto& words = disk.specification;
  return {{"id", disk.id},
          {"name", words.name},
          {"type", type_name(words.type)},
          {"size", disk_size_text(words.size_gib)},
          {"location", words.location},
          {"block_size", words.block_size},
          {"serial_number", disk.serial_number},
          {"attached_to", std::move(attached_to)},
          {"created_at", rfc3339_seconds(disk.created_at)},
          {"updated_at", rfc3339_seconds(disk.updated_at)}};
}

std::string render_disk(const DiskDetails& disk) { return json::serialize(disk_json(disk)); }

}  // namespace orrery::mkinf
