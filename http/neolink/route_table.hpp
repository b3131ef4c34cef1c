#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "http/auth/request_identity.hpp"
#include "http/neolink/context.hpp"
#include "http/neolink/errors.hpp"
#include "http/server/responder.hpp"
#include "http/server/router.hpp"
#include "projections/identity/identity_view.hpp"

namespace orrery::neolink {

/// Everything of the dialect lies below.
inline constexpr std::string_view root = "/mdc/api/v1";

/// The context as every handler holds it.
using Context = std::shared_ptr<const NeolinkContext>;

/// Gives the one answer to a request. Like the `Responder` in it: cheap to copy, from any thread,
/// at once or later; the first answer counts.
class Reply {
 public:
  /// `claim` may be null. It is released before the answer is given, so that a client who has the
  /// answer can send the request again.
  explicit Reply(Responder respond, std::shared_ptr<KeyClaim> claim = nullptr)
      : respond_(std::move(respond)), claim_(std::move(claim)) {}

  void operator()(Response response) const {
    if (claim_) claim_->release();
    respond_(std::move(response));
  }
  void operator()(const Refusal& refusal) const { (*this)(refused(refusal)); }

  Reply with(std::shared_ptr<KeyClaim> claim) const { return Reply(respond_, std::move(claim)); }

 private:
  Responder respond_;
  std::shared_ptr<KeyClaim> claim_;
};

/// Who asks, and for which namespace: the token's own.
struct Caller {
  std::string namespace_id;
  /// As `Principal::actor`.
  std::string actor;
};

using Handler = std::function<void(const Context&, const Request&, const Caller&, const Reply&)>;

/// The identity of a request that changes something; null ids are never handed out.
boost::system::result<RequestIdentity, Refusal> identity_of(const NeolinkContext& context,
                                                            std::string_view purpose,
                                                            const Caller& caller,
                                                            const Request& request);

/// Adds routes to the router. Every route answers 401 without a good token, 400 without a
/// `namespace` header, and 404 where the namespace isn't the token's.
class Routes {
 public:
  Routes(Router& router, Context context) : router_(router), context_(std::move(context)) {}

  /// `path` follows the root.
  void add(Method method, std::string_view path, Handler handler);

  /// Answers whatever no route does below the root, and what the edge itself refuses there.
  void add_fallback();

 private:
  Router& router_;
  Context context_;
};

}  // namespace orrery::neolink
