#include "http/neolink/instance_request.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "events/folds/billing_terms.hpp"
#include "http/neolink/loose_fields.hpp"

namespace orrery::neolink {

namespace {

constexpr std::size_t word_bytes_max = 128;
/// Above that of any image that a snapshot becomes.
constexpr std::size_t image_bytes_max = 768;
constexpr std::size_t path_bytes_max = 255;
constexpr std::string_view path_default = "/root/data";
constexpr std::string_view volume_type = "shared-filesystem";

bool is_control(char letter) { return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F; }

/// Also those beyond ASCII: U+0080 to U+009F.
bool has_controls(std::string_view text) {
  for (std::size_t i = 0; i + 1 < text.size(); ++i)
    if (text[i] == '\xC2' && static_cast<unsigned char>(text[i + 1]) < 0xA0) return true;
  return std::ranges::any_of(text, is_control);
}

void read_cost(LooseFields cost, InstanceRequest& request) {
  const auto type = cost.required_text("CostType", word_bytes_max);
  if (type.size() == 1 && type[0] >= '1' && type[0] <= '4')
    request.selling_type = static_cast<SellingType>(type[0] - '0');
  else
    cost.fields.refuse("CostType",
                       "must be \"1\" (pay as you go), \"2\" (monthly), \"3\" (weekly) or \"4\" "
                       "(daily)");
  request.coupon_id = cost.text("CouponID", word_bytes_max);
  const bool is_metered = request.selling_type == SellingType::pay_as_you_go;
  if (!is_metered && !request.coupon_id.empty())
    cost.fields.refuse("CouponID", "is for pay as you go only");
  request.disk_sku_id = cost.required_text("DiskSKUID", word_bytes_max);
  if (request.disk_sku_id != "1") cost.fields.refuse("DiskSKUID", "must be \"1\"");
  request.sku_id = cost.required_text("GPUSKUID", word_bytes_max);

  request.cost_time_text = cost.text("CostTime", word_bytes_max);
  if (is_metered) {
    if (!request.cost_time_text.empty())
      cost.fields.refuse("CostTime", "must be empty for pay as you go");
    return;
  }
  request.cost_time = read_cost_time(request.cost_time_text);
  if (!request.cost_time || request.cost_time->unit != request.selling_type)
    cost.fields.refuse(
        "CostTime", fmt::format("must be a number up to {1} and the unit of the CostType, such as "
                                "\"{0}\", or \"+{0}\" for longer",
                                cost_time_example(request.selling_type), period_count_max));
}

/// Absolute, without "." and "..", and somewhere below the root.
bool is_mount_path(std::string_view path) {
  if (!path.starts_with('/') || path.size() == 1) return false;
  for (auto rest = path.substr(1);;) {
    const auto part = rest.substr(0, rest.find('/'));
    if (part.empty() || part == "." || part == "..") return false;
    if (part.size() == rest.size()) return true;
    rest.remove_prefix(part.size() + 1);
  }
}

VolumeWish read_volume(JsonFields fields) {
  VolumeWish wish;
  wish.path = fields.optional_string("PathInContainer", path_bytes_max).value_or("");
  if (wish.path.empty()) wish.path = path_default;
  if (!is_mount_path(wish.path) || has_controls(wish.path))
    fields.refuse("PathInContainer", "must be an absolute path below the root");
  const auto type = fields.optional_string("Type", word_bytes_max).value_or("");
  if (!type.empty() && type != volume_type)
    fields.refuse("Type", fmt::format("must be \"{}\"", volume_type));
  if (const auto size_gb = fields.optional_integer("Size", 0, volume_size_gb_max);
      size_gb.value_or(0) != 0)
    wish.size_gb = static_cast<std::uint32_t>(*size_gb);
  wish.volume_id = fields.optional_string("PVCName", word_bytes_max).value_or("");
  return wish;
}

/// An array, or the one object that the document's table speaks of.
void read_volumes(LooseFields& body, InstanceRequest& request) {
  constexpr auto name = "VolumeMount";
  std::vector<JsonFields> wishes;
  if (body.object[name].is_array()) {
    wishes = body.fields.optional_objects(name, volume_count_max).value_or(wishes);
  } else if (auto one = body.fields.optional_object(name)) {
    wishes.push_back(*std::move(one));
  } else {
    body.fields.refuse(name, "is required");
  }
  for (const auto& fields : wishes) {
    request.volumes.push_back(read_volume(fields));
    const auto& path = request.volumes.back().path;
    if (std::ranges::count(request.volumes, path, &VolumeWish::path) > 1)
      body.fields.refuse(name, fmt::format("has the path {} twice", path));
  }
}

void read_display_name(LooseFields& body, InstanceRequest& request) {
  request.display_name = body.text("displayName", display_name_bytes_max);
  if (request.display_name.empty() && !(request.is_renewal() && !request.name.empty()))
    body.fields.refuse("displayName", "is required");
  if (has_controls(request.display_name))
    body.fields.refuse("displayName", "must not have control characters");
}

}  // namespace

boost::system::result<InstanceRequest, JsonProblem> read_instance_request(std::string_view text) {
  const auto object = parse_json_object(text);
  if (!object) return object.error();
  LooseFields body(*object);
  InstanceRequest request;
  if (const auto cost = body.optional_object("Cost"))
    read_cost(*cost, request);
  else
    body.fields.refuse("Cost", "is required");
  request.name = body.text("name", word_bytes_max);
  request.namespace_id = body.required_text("namespace", word_bytes_max);
  read_display_name(body, request);
  request.region = body.text("Region", word_bytes_max);
  if (!request.is_renewal()) {
    read_volumes(body, request);
    request.image = body.fields.required_string("image", image_bytes_max);
  }
  if (body.fields.problem()) return JsonProblem{*body.fields.problem()};
  return request;
}

}  // namespace orrery::neolink
