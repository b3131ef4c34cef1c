#include "http/gpushare/access.hpp"

#include <algorithm>
#include <array>

namespace orrery::gpushare {

namespace {

/// What each may, with his own things and with other people's.
struct Row {
  Access anonymous;
  Access user_own, user_others;
  Access provider_own, provider_others;
  Access admin_own, admin_others;
};

constexpr auto allowed = Access::allowed;
constexpr auto unknown = Access::unauthenticated;
constexpr auto forbidden = Access::forbidden;
constexpr auto absent = Access::absent;

/// Whoever asks proves who he is by what he sends, where he has to.
constexpr Row anybody{allowed, allowed, allowed, allowed, allowed, allowed, allowed};
constexpr Row any_client{unknown, allowed, allowed, allowed, allowed, allowed, allowed};
constexpr Row owner{unknown, allowed, absent, allowed, absent, allowed, allowed};
constexpr Row admins{unknown, forbidden, forbidden, forbidden, forbidden, allowed, allowed};

struct Line {
  OperationRoute route;
  Row row;
};

constexpr std::string_view one_client = "/client/list/{id}/";
constexpr std::string_view one_record = "/gpu/list/{id}/";
constexpr std::string_view one_inference = "/inference/{id}/";
constexpr std::string_view reset_link = "/client/reset-password/{uidb64}/{token}/";

using enum Operation;
constexpr std::array<Line, 30> table{{
    {{client_google_auth, Method::post, "/client/google-auth/"}, anybody},
    {{client_list, Method::get, "/client/list/"}, owner},
    {{client_create, Method::post, "/client/list/"}, admins},
    {{client_read, Method::get, one_client}, owner},
    {{client_update, Method::put, one_client}, owner},
    {{client_partial_update, Method::patch, one_client}, owner},
    {{client_delete, Method::delete_, one_client}, owner},
    {{client_login, Method::post, "/client/login/"}, anybody},
    {{client_logout, Method::post, "/client/logout/"}, anybody},
    {{client_password_reset, Method::post, "/client/password-reset/"}, anybody},
    {{client_register, Method::post, "/client/register/"}, anybody},
    {{client_reset_password, Method::post, reset_link}, anybody},
    {{gpu_list, Method::get, "/gpu/list/"}, owner},
    {{gpu_create, Method::post, "/gpu/list/"}, owner},
    {{gpu_read, Method::get, one_record}, owner},
    {{gpu_update, Method::put, one_record}, owner},
    {{gpu_partial_update, Method::patch, one_record}, owner},
    {{gpu_delete, Method::delete_, one_record}, owner},
    {{inference_list, Method::get, "/inference/"}, owner},
    {{inference_create, Method::post, "/inference/"}, owner},
    {{inference_stream, Method::post, "/inference/stream/"}, owner},
    {{inference_read, Method::get, one_inference}, owner},
    {{inference_update, Method::put, one_inference}, owner},
    {{inference_partial_update, Method::patch, one_inference}, owner},
    {{inference_delete, Method::delete_, one_inference}, owner},
    {{all_models, Method::get, "/llm_models/all-models/"}, any_client},
    // Of these two, the node's token in the body decides whose node it is.
    {{node_deregister, Method::delete_, "/llm_models/deregister/"}, anybody},
    {{node_heartbeat, Method::post, "/llm_models/heartbeat/"}, anybody},
    {{node_register, Method::post, "/llm_models/register/"}, owner},
    {{reset_password_form, Method::get, reset_link}, anybody},
}};

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < table.size(); ++i)
    if (static_cast<std::size_t>(table[i].route.operation) != i) return false;
  return true;
}
static_assert(is_in_order(), "an operation finds its line by its number");

constexpr auto routes = [] {
  std::array<OperationRoute, table.size()> all{};
  for (std::size_t i = 0; i < table.size(); ++i) all[i] = table[i].route;
  return all;
}();

constexpr Row role_row{forbidden, forbidden, forbidden, forbidden, forbidden, allowed, allowed};
constexpr Row token_row{forbidden, allowed, forbidden, allowed, forbidden, allowed, forbidden};

Access cell(const Row& row, Standing standing, Whose whose) {
  const bool is_own = whose == Whose::own;
  switch (standing) {
    case Standing::user:
      return is_own ? row.user_own : row.user_others;
    case Standing::gpu_provider:
      return is_own ? row.provider_own : row.provider_others;
    case Standing::admin:
      return is_own ? row.admin_own : row.admin_others;
    case Standing::anonymous:
      break;
  }
  return row.anonymous;
}

Whose whose(const Caller& caller, std::string_view owner_id) {
  return caller.is(owner_id) ? Whose::own : Whose::others;
}

}  // namespace

std::span<const OperationRoute> operation_routes() { return routes; }

const OperationRoute& route_of(Operation operation) {
  return routes[static_cast<std::size_t>(operation)];
}

Access access_to(Operation operation, Standing standing, Whose whose) {
  return cell(table[static_cast<std::size_t>(operation)].row, standing, whose);
}

bool may(Privilege privilege, Standing standing, Whose whose) {
  const auto& row = privilege == Privilege::set_role ? role_row : token_row;
  return cell(row, standing, whose) == Access::allowed;
}

Access access_to(Operation operation, const Caller& caller, std::string_view owner_id) {
  return access_to(operation, caller.standing(), whose(caller, owner_id));
}

bool may(Privilege privilege, const Caller& caller, std::string_view owner_id) {
  return may(privilege, caller.standing(), whose(caller, owner_id));
}

}  // namespace orrery::gpushare
