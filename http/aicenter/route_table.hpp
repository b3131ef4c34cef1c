#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "http/aicenter/authentication.hpp"
#include "http/aicenter/context.hpp"
#include "http/aicenter/errors.hpp"
#include "http/server/responder.hpp"
#include "http/server/router.hpp"

namespace orrery::aicenter {

inline constexpr std::string_view slurm_root = "/slurm/v0.0.38";
inline constexpr std::string_view slurmdb_root = "/slurmdb/v0.0.38";
inline constexpr std::string_view native_root = "/orrery/v1/center";

/// The context as every handler holds it.
using Context = std::shared_ptr<const AicenterContext>;

/// Gives the one answer to a request, refusals in the form of its face. Like the `Responder` in it:
/// cheap to copy, from any thread, at once or later; the first answer counts.
class Reply {
 public:
  /// `claim` may be null. It is released before the answer is given, so that a client who has the
  /// answer can send the request again.
  Reply(Responder respond, Face face, std::shared_ptr<KeyClaim> claim = nullptr)
      : respond_(std::move(respond)), face_(face), claim_(std::move(claim)) {}

  void operator()(Response response) const {
    if (claim_) claim_->release();
    respond_(std::move(response));
  }
  void operator()(const Refusal& refusal) const { (*this)(refused(refusal, face_)); }
  /// `head`, then whatever the stream yields.
  void operator()(Response head, std::shared_ptr<ResponseStream> stream) const {
    if (claim_) claim_->release();
    respond_(std::move(head), std::move(stream));
  }

  /// Whether the client is still there. Any thread.
  bool is_wanted() const { return respond_.is_wanted(); }
  Face face() const { return face_; }
  Reply with(std::shared_ptr<KeyClaim> claim) const {
    return Reply(respond_, face_, std::move(claim));
  }

 private:
  Responder respond_;
  Face face_;
  std::shared_ptr<KeyClaim> claim_;
};

using Handler = std::function<void(const Context&, const Request&, const Caller&, const Reply&)>;
using OpenHandler = std::function<void(const Context&, const Request&, const Reply&)>;

/// The identity of a request that changes something; null ids are never handed out.
boost::system::result<RequestIdentity, Refusal> identity_of(const AicenterContext& context,
                                                            std::string_view purpose,
                                                            std::string_view actor,
                                                            const Request& request);

/// Adds routes to the router. The face follows from the root that a path begins with.
class Routes {
 public:
  Routes(Router& router, Context context) : router_(router), context_(std::move(context)) {}

  /// Answers 401 without good credentials.
  void add(Method method, std::string_view path, Handler handler,
           Patience patience = Patience::usual);
  /// Nobody is asked who he is, such as whoever applies.
  void add_open(Method method, std::string_view path, OpenHandler handler);

  /// Answers whatever no route does below the roots, and what the edge itself refuses there. After
  /// all routes.
  void add_fallbacks();

  const Context& context() const { return context_; }
  Router& router() { return router_; }

 private:
  Router& router_;
  Context context_;
};

}  // namespace orrery::aicenter
