#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "http/aifactory/context.hpp"
#include "http/aifactory/errors.hpp"
#include "http/auth/request_identity.hpp"
#include "http/server/responder.hpp"
#include "http/server/router.hpp"

namespace orrery::aifactory {

/// Everything of the dialect lies below, but for the pages of the server itself.
inline constexpr std::string_view root = "/api/v1";

/// The context as every handler holds it.
using Context = std::shared_ptr<const AifactoryContext>;

/// Gives the one answer to a request. Like the `Responder` in it: cheap to copy, from any thread,
/// at once or later; the first answer counts.
class Reply {
 public:
  /// `claim` may be null. It is released before the answer is given, so that a client who has the
  /// answer can send the request again.
  explicit Reply(Responder respond, ErrorForm form = ErrorForm::fastapi,
                 std::shared_ptr<KeyClaim> claim = nullptr)
      : respond_(std::move(respond)), form_(form), claim_(std::move(claim)) {}

  void operator()(Response response) const {
    if (claim_) claim_->release();
    respond_(std::move(response));
  }
  void operator()(const Refusal& refusal) const { (*this)(refused(refusal, form_)); }
  /// `head`, then whatever the stream yields.
  void operator()(Response head, std::shared_ptr<ResponseStream> stream) const {
    if (claim_) claim_->release();
    respond_(std::move(head), std::move(stream));
  }

  /// Whether the client is still there. Any thread.
  bool is_wanted() const { return respond_.is_wanted(); }

  Reply with(std::shared_ptr<KeyClaim> claim) const {
    return Reply(respond_, form_, std::move(claim));
  }

 private:
  Responder respond_;
  ErrorForm form_;
  std::shared_ptr<KeyClaim> claim_;
};

/// Who asks.
struct Caller {
  /// As `Principal::actor`; "service-token" for who has the server's token, "anonymous" where
  /// nobody is asked for one.
  std::string actor;
};

using Handler = std::function<void(const Context&, const Request&, const Caller&, const Reply&)>;

/// The identity of a request that changes something; null ids are never handed out.
boost::system::result<RequestIdentity, Refusal> identity_of(const AifactoryContext& context,
                                                            std::string_view purpose,
                                                            const Caller& caller,
                                                            const Request& request);

/// Adds routes to the router. Every route answers 401 without a good token where one is configured,
/// and 400 to a foreign `Host` where none is.
class Routes {
 public:
  Routes(Router& router, Context context);

  /// `path` follows the root.
  void add(Method method, std::string_view path, Handler handler,
           ErrorForm form = ErrorForm::fastapi, Patience patience = Patience::usual);

  /// A GET of the server's own pages: `path` is whole, and nobody is asked for a token.
  void add_page(std::string_view path, Handler handler);

  /// Answers whatever no route does below the root and the pages, and what the edge itself refuses
  /// there. A path that is one of ours but for a slash at its end is answered with 307. After all
  /// routes.
  void add_fallbacks();

 private:
  Router& router_;
  Context context_;
  /// The same paths once more, to find those that are asked for with a slash too many.
  std::shared_ptr<Router> known_;
  std::vector<std::string> pages_;
};

}  // namespace orrery::aifactory
