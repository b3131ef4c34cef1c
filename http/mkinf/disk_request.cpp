#include "http/mkinf/disk_request.hpp"

#include <charconv>

#include <fmt/format.h>

#include "http/json/json_fields.hpp"
#include "http/mkinf/name_field.hpp"

namespace orrery::mkinf {

namespace {

constexpr std::uint32_t block_size_default = 4096;

DiskType read_type(JsonFields& fields) {
  const auto text = fields.optional_string("type", word_bytes_max);
  if (!text) return DiskType::persistent_ssd;
  for (const auto type : {DiskType::persistent_ssd, DiskType::shared_volume})
    if (*text == type_name(type)) return type;
  fields.refuse("type", "must be \"persistent-ssd\" or \"shared-volume\"");
  return DiskType::persistent_ssd;
}

std::uint64_t read_size(JsonFields& fields) {
  const auto text = fields.required_string("size", word_bytes_max);
  const auto size_gib = parse_disk_size(text);
  if (!size_gib)
    fields.refuse("size", "must be from \"1GiB\" to \"1024TiB\", as in \"100GiB\" or \"2TiB\"");
  return size_gib.value_or(0);
}

std::uint32_t read_block_size(JsonFields& fields) {
  const auto size = fields.optional_integer("block_size", 512, 4096);
  if (!size) return block_size_default;
  if (*size != 512 && *size != 4096) fields.refuse("block_size", "must be 512 or 4096");
  return static_cast<std::uint32_t>(*size);
}

std::string read_location(JsonFields& fields, const Catalogue& catalogue) {
  const auto location = fields.required_string("location", word_bytes_max);
  if (catalogue.cluster_at(location) == nullptr)
    fields.refuse("location", fmt::format("\"{}\" is unknown, see locations", location));
  return std::string(location);
}

}  // namespace

boost::system::result<DiskSpecification, JsonProblem> read_disk_request(
    std::string_view body, const Catalogue& catalogue) {
  const auto object = parse_json_object(body);
  if (!object) return object.error();
  JsonFields fields(*object);
  DiskSpecification disk;
  disk.name = read_name(fields);
  disk.type = read_type(fields);
  disk.size_gib = read_size(fields);
  disk.location = read_location(fields, catalogue);
  disk.block_size = read_block_size(fields);
  if (fields.has("snapshot_id"))
    fields.refuse("snapshot_id", "is not supported: there are no snapshots");
  if (fields.problem()) return JsonProblem{*fields.problem()};
  return disk;
}

boost::system::result<std::uint64_t, JsonProblem> read_disk_size(std::string_view body) {
  const auto object = parse_json_object(body);
  if (!object) return object.error();
  JsonFields fields(*object);
  for (const auto field : {"name", "type", "location", "block_size"})
    if (fields.has(field)) fields.refuse(field, "cannot be changed, only size can");
  const auto size_gib = read_size(fields);
  if (fields.problem()) return JsonProblem{*fields.problem()};
  return size_gib;
}

std::optional<std::uint64_t> parse_disk_size(std::string_view text) {
  const bool tebibytes = text.ends_with("TiB");
  if (!tebibytes && !text.ends_with("GiB")) return std::nullopt;
  text.remove_suffix(3);
  std::uint64_t count = 0;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, count);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  if (count == 0 || count > disk_size_gib_max) return std::nullopt;
  const auto size_gib = tebibytes ? count * 1024 : count;
  if (size_gib > disk_size_gib_max) return std::nullopt;
  return size_gib;
}

std::string disk_size_text(std::uint64_t size_gib) { return fmt::format("{}GiB", size_gib); }

std::string_view type_name(DiskType type) {
  return type == DiskType::persistent_ssd ? "persistent-ssd" : "shared-volume";
}

std::string_view mode_name(DiskMode mode) {
  return mode == DiskMode::read_only ? "read-only" : "read-write";
}

boost::json::object request_json(const DiskSpecification& specification) {
  return {{"name", specification.name},
          {"type", type_name(specification.type)},
          {"size", disk_size_text(specification.size_gib)},
          {"location", specification.location},
          {"block_size", specification.block_size}};
}

}  // namespace orrery::mkinf
