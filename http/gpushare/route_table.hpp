#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "http/auth/request_identity.hpp"
#include "http/gpushare/access.hpp"
#include "http/gpushare/caller.hpp"
#include "http/gpushare/context.hpp"
#include "http/gpushare/errors.hpp"
#include "http/server/responder.hpp"
#include "http/server/router.hpp"

namespace orrery::gpushare {

/// The context as every handler holds it.
using Context = std::shared_ptr<const GpushareContext>;

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
  /// `head`, then whatever the stream yields.
  void operator()(Response head, std::shared_ptr<ResponseStream> stream) const {
    if (claim_) claim_->release();
    respond_(std::move(head), std::move(stream));
  }

  /// Whether the client is still there. Any thread.
  bool is_wanted() const { return respond_.is_wanted(); }

  Reply with(std::shared_ptr<KeyClaim> claim) const { return Reply(respond_, std::move(claim)); }

 private:
  Responder respond_;
  std::shared_ptr<KeyClaim> claim_;
};

using Handler = std::function<void(const Context&, const Request&, const Caller&, const Reply&)>;

/// The identity of a request that changes something; null ids are never handed out.
boost::system::result<RequestIdentity, Refusal> identity_of(const GpushareContext& context,
                                                            std::string_view purpose,
                                                            const Caller& caller,
                                                            const Request& request);

/// Adds routes to the router. Where `access_to` lets nobody anonymous in, 401 is answered without
/// good credentials, and 403 to whom the operation is forbidden; elsewhere credentials aren't
/// looked at, and the caller is anonymous. Handlers run on whichever thread has found out who asks.
class Routes {
 public:
  Routes(Router& router, Context context) : router_(router), context_(std::move(context)) {}

  void add(Operation operation, Handler handler, Patience patience = Patience::usual);

  /// Answers whatever no route does below "/client", "/gpu", "/inference" and "/llm_models", and
  /// what the edge itself refuses there. A path that lacks nothing but the slash at its end is
  /// answered with 301. After all routes.
  void add_fallbacks();

 private:
  Router& router_;
  Context context_;
};

}  // namespace orrery::gpushare
