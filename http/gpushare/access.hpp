#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "http/gpushare/caller.hpp"
#include "http/server/message.hpp"

namespace orrery::gpushare {

/// Everything that can be asked of the dialect, by the names of its document.
enum class Operation : std::uint8_t {
  client_google_auth,
  client_list,
  client_create,
  client_read,
  client_update,
  client_partial_update,
  client_delete,
  client_login,
  client_logout,
  client_password_reset,
  client_register,
  client_reset_password,
  gpu_list,
  gpu_create,
  gpu_read,
  gpu_update,
  gpu_partial_update,
  gpu_delete,
  inference_list,
  inference_create,
  inference_stream,
  inference_read,
  inference_update,
  inference_partial_update,
  inference_delete,
  all_models,
  node_deregister,
  node_heartbeat,
  node_register,
  /// GET of a reset link, which a browser follows: the form that posts the new password.
  reset_password_form,
};

/// Where an operation is asked for.
struct OperationRoute {
  Operation operation;
  Method method;
  std::string_view path;
};
std::span<const OperationRoute> operation_routes();
const OperationRoute& route_of(Operation operation);

/// What within an operation not everybody may do, who may do the rest.
enum class Privilege : std::uint8_t {
  /// Setting `role` and `is_gpu_provider_approved` of a client; for others they are read-only.
  set_role,
  /// Seeing `user_token`; others see it masked.
  see_token,
};

/// Whose the thing is that is asked for: the record that is read or changed, or the client who is
/// named by a body.
enum class Whose : std::uint8_t { own, others };

enum class Access : std::uint8_t {
  allowed,
  /// 401.
  unauthenticated,
  /// 403, whoever's it is.
  forbidden,
  /// As if it weren't there: 404, left out of a list, "Invalid pk" in a body.
  absent,
};

/// The one table that says who may do what.
Access access_to(Operation operation, Standing standing, Whose whose);
bool may(Privilege privilege, Standing standing, Whose whose);

/// `access_to` what belongs to the client with this id.
Access access_to(Operation operation, const Caller& caller, std::string_view owner_id);
bool may(Privilege privilege, const Caller& caller, std::string_view owner_id);

}  // namespace orrery::gpushare
