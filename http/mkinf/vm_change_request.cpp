#include "http/mkinf/vm_change_request.hpp"

#include <fmt/format.h>

#include "http/json/json_fields.hpp"
#include "http/mkinf/name_field.hpp"
#include "http/mkinf/unsupported_options.hpp"
#include "http/mkinf/vm_types.hpp"

namespace orrery::mkinf {

namespace {

/// The fields of all actions.
struct Words {
  std::string_view action;
  std::string type;
  std::optional<InterfaceWish> interface;
  std::string reservation_id;
};

Words read_words(JsonFields& fields) {
  Words words;
  words.action = fields.required_string("action", word_bytes_max);
  words.type = fields.optional_string("type", word_bytes_max).value_or("");
  words.interface = read_interface(fields);
  words.reservation_id = fields.optional_string("reservation_id", word_bytes_max).value_or("");
  refuse_unsupported(fields);
  return words;
}

/// Refuses what only another action reads.
void refuse_foreign(JsonFields& fields, const Words& words) {
  const bool updates = words.action == "UPDATE";
  const auto goes_with = [](std::string_view action) {
    return fmt::format("goes with the action {} only", action);
  };
  if (!updates && !words.type.empty()) fields.refuse("type", goes_with("UPDATE"));
  if (!updates && words.interface) fields.refuse("network_interfaces", goes_with("UPDATE"));
  if (words.action != "RESERVE" && words.action != "UNRESERVE" && !words.reservation_id.empty())
    fields.refuse("reservation_id", goes_with("RESERVE"));
}

VmChange read_update(JsonFields& fields, Words words) {
  if (words.type.empty() && !words.interface)
    fields.refuse("action", "UPDATE needs a type or network_interfaces");
  if (!words.type.empty() && words.interface)
    fields.refuse("type",
                  "can't be changed together with network_interfaces: a VM must be stopped for "
                  "the one, and run for the other");
  if (words.interface) return *std::move(words.interface);
  if (vm_type(words.type) == nullptr)
    fields.refuse("type", fmt::format("\"{}\" is unknown, see specs", words.type));
  return TypeWish{std::move(words.type)};
}

VmChange read_change(JsonFields& fields) {
  auto words = read_words(fields);
  refuse_foreign(fields, words);
  if (words.action == "START") return PowerOnVm{};
  if (words.action == "STOP") return PowerOffVm{};
  if (words.action == "RESET") return ResetVm{};
  if (words.action == "UNRESERVE") return UnreserveVm{};
  if (words.action == "UPDATE") return read_update(fields, std::move(words));
  if (words.action != "RESERVE")
    fields.refuse("action", "must be START, STOP, RESET, UPDATE, RESERVE or UNRESERVE");
  if (words.reservation_id.empty()) fields.refuse("reservation_id", "is required by RESERVE");
  return ReserveVm{std::move(words.reservation_id)};
}

}  // namespace

boost::system::result<VmChange, JsonProblem> read_vm_change(std::string_view body) {
  const auto object = parse_json_object(body);
  if (!object) return object.error();
  JsonFields fields(*object);
  auto change = read_change(fields);
  if (fields.problem()) return JsonProblem{*fields.problem()};
  return change;
}

}  // namespace orrery::mkinf
