#pragma once

#include "cli/admin_verbs.hpp"

namespace orrery::admin_arguments {

using Form = AdminArgument::Form;
using Place = AdminArgument::Place;

/// Arguments that several verbs take, and ways to make others.
constexpr AdminArgument in_path(std::string_view name, std::string_view help) {
  return {name, help, Place::path, true, Form::text};
}
constexpr AdminArgument optional(std::string_view name, std::string_view help,
                                 Form form = Form::text) {
  return {name, help, Place::body, false, form};
}
constexpr AdminArgument required(std::string_view name, std::string_view help,
                                 Form form = Form::text) {
  return {name, help, Place::body, true, form};
}
constexpr AdminArgument in_query(std::string_view name, std::string_view help,
                                 bool is_required = false) {
  return {name, help, Place::query, is_required, Form::text};
}

inline constexpr auto organization = in_path("organization_id", "id of the organization");
inline constexpr auto project = in_path("project_id", "id of the project");
inline constexpr auto account = in_path("account_id", "id of the account");
inline constexpr auto key = in_path("key_id", "id of the key");
inline constexpr auto node = in_path("node_id", "id of the node");
inline constexpr auto reservation = in_path("reservation_id", "id of the reservation");
inline constexpr auto namespace_ =
    in_path("namespace_id", "id of the namespace: the user id of the NeoLink API");
inline constexpr auto name = required("name", "its name");
inline constexpr auto role = required("role", "member or admin");
inline constexpr auto expires_at =
    optional("expires_at", "such as 2027-01-31T00:00:00Z; never, if absent");

/// Verbs about organizations and people, about money and machines, about customers of the NeoLink
/// dialect, about services, about the GPU marketplace, about the university's center, and about
/// webhooks.
std::vector<AdminVerb> of_customers();
std::vector<AdminVerb> of_fleet();
std::vector<AdminVerb> of_namespaces();
std::vector<AdminVerb> of_services();
std::vector<AdminVerb> of_marketplace();
std::vector<AdminVerb> of_center();
std::vector<AdminVerb> of_webhooks();

}  // namespace orrery::admin_arguments
