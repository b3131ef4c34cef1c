#include "http/mkinf/vm_request.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "http/json/json_fields.hpp"
#include "http/mkinf/vm_types.hpp"

namespace orrery::mkinf {

namespace {

constexpr std::size_t name_bytes_max = 128;
constexpr std::size_t word_bytes_max = 128;
/// RSA keys of 16,384 bits take 3 KiB.
constexpr std::size_t ssh_public_key_bytes_max = 16 * 1024;
/// As much as cloud-init's user data may have elsewhere, four times over.
constexpr std::size_t script_bytes_max = 64 * 1024;

bool is_control(char letter) { return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F; }

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), is_control);
}

bool is_key_type(std::string_view word) {
  return word.starts_with("ssh-") || word.starts_with("ecdsa-") || word.starts_with("sk-");
}

/// Loose on purpose: the dot is no base64, but the document's own example is "ssh-rsa AAAAB...".
bool is_key_blob(std::string_view word) {
  constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=.";
  return !word.empty() && word.find_first_not_of(letters) == std::string_view::npos;
}

/// "<type> <base64> [comment]" in one line; the line's end, as in a file, may come along.
bool is_ssh_public_key(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  if (has_control(text)) return false;
  const auto type_end = text.find(' ');
  if (type_end == std::string_view::npos || !is_key_type(text.substr(0, type_end))) return false;
  const auto rest = text.substr(type_end + 1);
  return is_key_blob(rest.substr(0, rest.find(' ')));
}

std::optional<std::string> owned(std::optional<std::string_view> text) {
  if (!text) return std::nullopt;
  return std::string(*text);
}

void check_words(JsonFields& fields, const VmRequest& request, const Catalogue& catalogue) {
  const auto unknown = [](std::string_view word, std::string_view list) {
    return fmt::format("\"{}\" is unknown, see {}", word, list);
  };
  if (has_control(request.name)) fields.refuse("name", "must not have control characters");
  if (vm_type(request.type) == nullptr) fields.refuse("type", unknown(request.type, "specs"));
  if (catalogue.cluster_at(request.location) == nullptr)
    fields.refuse("location", unknown(request.location, "locations"));
  if (catalogue.image_by_name(request.image) == nullptr)
    fields.refuse("image", unknown(request.image, "images"));
  if (!is_ssh_public_key(*request.ssh_public_key))
    fields.refuse("ssh_public_key", "must be an OpenSSH public key such as \"ssh-rsa AAAAB...\"");
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
  VmRequest request;
  request.name = fields.required_string("name", name_bytes_max);
  request.type = fields.required_string("type", word_bytes_max);
  request.location = fields.required_string("location", word_bytes_max);
  request.image = fields.required_string("image", word_bytes_max);
  request.ssh_public_key = fields.required_string("ssh_public_key", ssh_public_key_bytes_max);
  request.startup_script = owned(fields.optional_string("startup_script", script_bytes_max));
  request.shutdown_script = owned(fields.optional_string("shutdown_script", script_bytes_max));
  if (!fields.problem()) check_words(fields, request, catalogue);
  if (fields.problem()) return JsonProblem{*fields.problem()};
  return request;
}

boost::json::object request_json(const VmRequest& request) {
  boost::json::object object{{"name", request.name},
                             {"type", request.type},
                             {"location", request.location},
                             {"image", request.image}};
  set_credentials(object, request);
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
