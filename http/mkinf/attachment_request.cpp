#include "http/mkinf/attachment_request.hpp"

#include <algorithm>

#include <boost/json/object.hpp>

#include "http/mkinf/disk_request.hpp"
#include "http/mkinf/name_field.hpp"

namespace orrery::mkinf {

namespace {

DiskAttachment read_attachment(JsonFields fields) {
  DiskAttachment attachment;
  attachment.disk_id = fields.required_string("disk_id", word_bytes_max);
  const auto mode = fields.optional_string("mode", word_bytes_max).value_or("");
  if (mode == mode_name(DiskMode::read_only))
    attachment.mode = DiskMode::read_only;
  else if (!mode.empty() && mode != mode_name(DiskMode::read_write))
    fields.refuse("mode", "must be \"read-write\" or \"read-only\"");
  const auto type = fields.optional_string("attachment_type", word_bytes_max).value_or("");
  if (type == "os")
    fields.refuse("attachment_type", "must be \"data\": every VM comes with its own OS disk");
  else if (!type.empty() && type != "data")
    fields.refuse("attachment_type", "must be \"data\"");
  return attachment;
}

/// Refuses the field where an id stands in it twice.
void refuse_repeated(JsonFields& fields, std::string_view name, std::vector<std::string_view> ids) {
  std::ranges::sort(ids);
  if (std::ranges::adjacent_find(ids) != ids.end()) fields.refuse(name, "names a disk twice");
}

}  // namespace

std::vector<DiskAttachment> read_attachments(JsonFields& fields, std::string_view name) {
  std::vector<DiskAttachment> disks;
  const auto objects = fields.optional_objects(name, attached_disks_max);
  if (!objects) return disks;
  for (const auto& object : *objects) disks.push_back(read_attachment(object));
  std::vector<std::string_view> ids;
  for (const auto& disk : disks) ids.push_back(disk.disk_id);
  refuse_repeated(fields, name, std::move(ids));
  return disks;
}

boost::system::result<std::vector<DiskAttachment>, JsonProblem> read_attach_request(
    std::string_view body) {
  const auto object = parse_json_object(body);
  if (!object) return object.error();
  JsonFields fields(*object);
  auto disks = read_attachments(fields, "attach_disks");
  if (disks.empty()) fields.refuse("attach_disks", "must name at least one disk");
  if (fields.problem()) return JsonProblem{*fields.problem()};
  return disks;
}

boost::system::result<std::vector<std::string>, JsonProblem> read_detach_request(
    std::string_view body) {
  const auto object = parse_json_object(body);
  if (!object) return object.error();
  JsonFields fields(*object);
  const auto ids = fields.optional_strings("detach_disks", attached_disks_max, word_bytes_max);
  if (!ids || ids->empty()) fields.refuse("detach_disks", "must name at least one disk");
  if (ids) refuse_repeated(fields, "detach_disks", *ids);
  if (fields.problem()) return JsonProblem{*fields.problem()};
  return std::vector<std::string>(ids->begin(), ids->end());
}

boost::json::array attachments_json(const std::vector<DiskAttachment>& disks) {
  boost::json::array array;
  for (const auto& disk : disks)
    array.push_back(boost::json::object{
        {"disk_id", disk.disk_id}, {"attachment_type", "data"}, {"mode", mode_name(disk.mode)}});
  return array;
}

}  // namespace orrery::mkinf
