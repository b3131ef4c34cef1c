#include "http/mkinf/vm_request.hpp"

#include <algorithm>
#include <ranges>

#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "events/default_network.hpp"
#include "http/json/json_fields.hpp"
#include "http/mkinf/attachment_request.hpp"
#include "http/mkinf/name_field.hpp"
#include "http/mkinf/ssh_public_key.hpp"
#include "http/mkinf/unsupported_options.hpp"
#include "http/mkinf/vm_types.hpp"

namespace orrery::mkinf {

namespace {

/// RSA keys of 16,384 bits take 3 KiB.
constexpr std::size_t ssh_public_key_bytes_max = 16 * 1024;
/// As much as cloud-init's user data may have elsewhere, four times over.
constexpr std::size_t script_bytes_max = 64 * 1024;

std::optional<std::string> owned(std::optional<std::string_view> text) {
  if (!text) return std::nullopt;
  return std::string(*text);
}

/// A script ends at a zero byte for whoever runs it, so one that has any is cut without a word.
std::optional<std::string> read_script(JsonFields& fields, std::string_view name) {
  const auto text = fields.optional_string(name, script_bytes_max);
  if (text && text->find('\0') != text->npos) fields.refuse(name, "must not have zero bytes");
  return owned(text);
}

/// The one location that there is; nothing where somebody has to choose.
std::optional<std::string> only_location(const Catalogue& catalogue) {
  auto locations = catalogue.locations();
  if (locations.size() != 1) return std::nullopt;
  return std::move(locations.front());
}

/// The image at the location that was published last.
std::optional<std::string> newest_image(const Catalogue& catalogue, std::string_view location) {
  for (const auto& image : catalogue.images | std::views::reverse)
    if (std::ranges::find(image.description.locations, location) !=
        image.description.locations.end())
      return image.description.name;
  return std::nullopt;
}

/// The word in a field; `otherwise` where the field is absent and there is such a word.
std::string read_or(JsonFields& fields, std::string_view name,
                    std::optional<std::string> otherwise) {
  if (!fields.has(name) && otherwise) return *std::move(otherwise);
  return std::string(fields.required_string(name, word_bytes_max));
}

void read_reservation(JsonFields& fields, VmRequest& request) {
  auto words = fields.optional_object("reservation_specification");
  if (!words) return;
  request.reservation_id = words->optional_string("id", word_bytes_max).value_or("");
  const auto strategy = words->optional_string("selection_strategy", word_bytes_max).value_or("");
  if (!request.reservation_id.empty())
    request.reservation = ReservationChoice::named;
  else if (strategy == "lowest_cost")
    request.reservation = ReservationChoice::lowest_cost;
  else if (!strategy.empty() && strategy != "on_demand")
    words->refuse("selection_strategy", "must be \"lowest_cost\" or \"on_demand\"");
  if (!request.reservation_id.empty() && !strategy.empty())
    words->refuse("selection_strategy", "must be absent where an id is given");
}

void check_words(JsonFields& fields, const VmRequest& request, const Catalogue& catalogue) {
  const auto unknown = [](std::string_view word, std::string_view list) {
    return fmt::format("\"{}\" is unknown, see {}", word, list);
  };
  if (vm_type(request.type) == nullptr) fields.refuse("type", unknown(request.type, "specs"));
  if (catalogue.cluster_at(request.location) == nullptr)
    fields.refuse("location", unknown(request.location, "locations"));
  if (catalogue.image_by_name(request.image) == nullptr)
    fields.refuse("image", unknown(request.image, "images"));
  if (!is_ssh_public_key(*request.ssh_public_key))
    fields.refuse("ssh_public_key", "must be an OpenSSH public key such as \"ssh-rsa AAAAB...\"");
}

/// All but the name.
VmRequest read_words(JsonFields& fields, const Catalogue& catalogue) {
  VmRequest request;
  request.type = fields.required_string("type", word_bytes_max);
  request.location = read_or(fields, "location", only_location(catalogue));
  request.image = read_or(fields, "image", newest_image(catalogue, request.location));
  request.ssh_public_key = fields.required_string("ssh_public_key", ssh_public_key_bytes_max);
  request.startup_script = read_script(fields, "startup_script");
  request.shutdown_script = read_script(fields, "shutdown_script");
  request.disks = read_attachments(fields, "disks");
  request.interface = read_interface(fields).value_or(InterfaceWish{});
  read_reservation(fields, request);
  if (auto features = fields.optional_object("virtualization_features"))
    request.nested_virtualization =
        features->optional_boolean("nested_virtualization").value_or(false);
  refuse_unsupported(fields);
  if (!fields.problem()) check_words(fields, request, catalogue);
  return request;
}

void set(boost::json::object& object, std::string_view name,
         const std::optional<std::string>& text) {
  if (text) object.emplace(name, *text);
}

void set_credentials(boost::json::object& object, const VmRequest& request) {
  set(object, "ssh_public_key", request.ssh_public_key);
  set(object, "startup_script", request.startup_script);
  set(object, "shutdown_script", request.shutdown_script);
}

}  // namespace

boost::system::result<VmRequest, JsonProblem> read_vm_request(std::string_view body,
                                                              const Catalogue& catalogue) {
  const auto object = parse_json_object(body);
  if (!object) return object.error();
  JsonFields fields(*object);
  auto name = read_name(fields);
  auto request = read_words(fields, catalogue);
  if (fields.problem()) return JsonProblem{*fields.problem()};
  request.name = std::move(name);
  return request;
}

boost::system::result<BulkRequest, JsonProblem> read_bulk_request(std::string_view body,
                                                                  const Catalogue& catalogue) {
  const auto object = parse_json_object(body);
  if (!object) return object.error();
  JsonFields fields(*object);
  BulkRequest bulk;
  bulk.name_prefix = read_name(fields, "name_prefix");
  const auto count = fields.optional_integer("count", 1, bulk_count_max);
  if (!count) fields.refuse("count", "is required");
  bulk.count = count.value_or(0);
  if (bulk.name_prefix.size() + fmt::formatted_size("-{}", bulk.count) > name_bytes_max)
    fields.refuse("name_prefix",
                  fmt::format("must leave room for the numbers behind it: names have "
                              "at most {} bytes",
                              name_bytes_max));
  bulk.vm = read_words(fields, catalogue);
  if (fields.problem()) return JsonProblem{*fields.problem()};
  return bulk;
}

VmRequest request_behind(const VmSpecification& words) {
  VmRequest request{words.name, words.type, words.location, words.image};
  request.disks = words.disks;
  const auto given = default_network(words.project_id, words.location).subnet_id;
  const bool is_default = words.subnet_id.empty() || words.subnet_id == given;
  if (!is_default || words.public_address != PublicAddress::dynamic) {
    request.interface.subnet_id = words.subnet_id;
    request.interface.public_address = words.public_address;
  }
  request.reservation_id = words.reservation_id;
  request.nested_virtualization = words.nested_virtualization;
  return request;
}

boost::json::object request_json(const VmRequest& request) {
  boost::json::object object{{"name", request.name},
                             {"type", request.type},
                             {"location", request.location},
                             {"image", request.image}};
  set_credentials(object, request);
  if (!request.disks.empty()) object.emplace("disks", attachments_json(request.disks));
  if (const auto& wish = request.interface; wish.public_address)
    object.emplace("network_interfaces", interfaces_json(wish.subnet_id, *wish.public_address));
  if (!request.reservation_id.empty())
    object.emplace("reservation_specification",
                   boost::json::object{{"id", request.reservation_id}});
  if (request.nested_virtualization)
    object.emplace("virtualization_features", boost::json::object{{"nested_virtualization", true}});
  return object;
}

std::string credentials_text(const VmRequest& request) {
  boost::json::object object;
  set_credentials(object, request);
  return boost::json::serialize(object);
}

void add_credentials(std::string_view text, VmRequest& request) {
  const auto parsed = boost::json::parse(text);
  const auto field = [&](std::string_view name) -> std::optional<std::string> {
    const auto* value = parsed.as_object().if_contains(name);
    if (value == nullptr) return std::nullopt;
    return std::string(value->as_string());
  };
  request.ssh_public_key = field("ssh_public_key");
  request.startup_script = field("startup_script");
  request.shutdown_script = field("shutdown_script");
}

}  // namespace orrery::mkinf
