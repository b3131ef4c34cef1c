#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/describe/enum_to_string.hpp>
#include <boost/json/value.hpp>

#include "actors/runtime/command_gateway.hpp"
#include "http/native/admin/admin_access.hpp"
#include "http/native/admin/admin_context.hpp"
#include "http/server/responder.hpp"

namespace orrery {

/// One request of the administration by somebody who may make it, until its answer is given. The
/// first answer counts. Any thread.
class AdminCall {
 public:
  AdminCall(std::shared_ptr<const AdminContext> context, const Request& request,
            std::shared_ptr<const Principal> principal, Responder respond)
      : context_(std::move(context)),
        request_(request),
        principal_(std::move(principal)),
        respond_(std::move(respond)) {}

  const AdminContext& context() const { return *context_; }
  const Request& request() const { return request_; }
  const Principal& principal() const { return *principal_; }
  AdminCaller caller() const { return caller_; }
  /// Of the organization that the request is about, where it is about one.
  const std::string& organization_id() const { return organization_id_; }
  std::string parameter(std::size_t index) const {
    return std::string(request_.path_parameters[index]);
  }
  /// Draw from it in a fixed order: a POST with an `Idempotency-Key` draws the same again.
  IdSource& ids() const { return *identity_.ids; }

  void answer(const boost::json::value& body, unsigned status = 200) const;
  /// 204.
  void done() const;
  void refuse(unsigned status, std::string_view code, std::string_view message) const;
  void wrong(std::string_view message) const { refuse(400, "bad_request", message); }
  void not_found(std::string_view what) const;
  /// In whose name commands are sent.
  Origin origin() const { return {principal_->actor, 0, request_.request_id}; }

 private:
  friend class AdminRoutes;
  /// Finds out what the caller is and whether he may; answers and returns false where not.
  bool admit(AdminAction action, std::string_view pattern);
  /// What the caller is to the organization, project or namespace that the request is about;
  /// nothing where there is none.
  std::optional<AdminCaller> find_caller(std::string_view placeholder);
  std::optional<AdminCaller> find_namespace_caller() const;
  void forbid(std::string_view what) const;
  /// Takes the idempotency key of a POST; answers and returns false where it cannot be taken.
  bool identify_as(std::string_view pattern);
  void respond(Response response) const;

  std::shared_ptr<const AdminContext> context_;
  const Request& request_;
  std::shared_ptr<const Principal> principal_;
  Responder respond_;
  AdminCaller caller_ = AdminCaller::stranger;
  std::string organization_id_;
  RequestIdentity identity_;

  template <class A, class C, class Then>
  friend void order(const std::shared_ptr<const AdminCall>&, std::string, C, Then);
  void refuse_command(std::string_view rejection) const;
  void unavailable() const;
};
using Call = std::shared_ptr<const AdminCall>;

/// Sends a command in the caller's name. `then` runs once it is durable and visible, on an actor's
/// thread; a refusal, or a log that takes nothing, has been answered then instead. `then` may take
/// the rejection itself, as std::optional<A::Rejection>.
template <class A, class C, class Then>
void order(const std::shared_ptr<const AdminCall>& call, std::string id, C command, Then then) {
  using Result = boost::system::result<Outcome<A>, Unavailable>;
  call->context().gateway->template submit<A>(
      {std::move(id), std::move(command), call->origin(), {}},
      [call, then = std::move(then)](const Result& outcome) {
        if (!outcome) return call->unavailable();
        if constexpr (std::is_invocable_v<Then, std::optional<typename A::Rejection>>) {
          then(outcome->rejection);
        } else {
          if (outcome->rejection)
            return call->refuse_command(
                boost::describe::enum_to_string(*outcome->rejection, "refused"));
          then();
        }
      });
}

}  // namespace orrery
