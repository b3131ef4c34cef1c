#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "http/mkinf/context.hpp"
#include "http/server/router.hpp"
#include "projections/identity/identity_view.hpp"

namespace orrery::mkinf {

/// The context as every handler holds it.
using Context = std::shared_ptr<const MkinfContext>;

/// Whose credential the request carries; null where it is missing, unknown, revoked or expired.
std::shared_ptr<const Principal> principal_of(const MkinfContext& context, const Request& request);

/// A handler that knows who asks.
using PrincipalHandler = std::function<void(const Request&, const Principal&, Responder)>;

/// A handler for anybody with a credential; 401 for the others.
Handler signed_in(Context context, PrincipalHandler handler);

/// A handler of a route whose first placeholder is a project; who may not reach the project gets
/// the 404 of one that doesn't exist.
Handler in_project(Context context, PrincipalHandler handler);

/// What stands in `Idempotency-Key`; empty where the header is absent.
struct IdempotencyKey {
  std::string_view text;
  bool valid = true;
};
IdempotencyKey idempotency_key(const Request& request);
inline constexpr std::string_view idempotency_key_problem =
    "Idempotency-Key must have at most 255 printable ASCII characters";

}  // namespace orrery::mkinf
