#include "http/aicenter/authentication.hpp"

#include <ctime>
#include <memory>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "events/folds/billing_terms.hpp"
#include "http/aicenter/slurm_tokens.hpp"
#include "http/auth/credential.hpp"
#include "http/auth/living_principal.hpp"
#include "storage/clock.hpp"

namespace orrery::aicenter {

namespace {

/// Approved, and with a token that he hasn't taken back.
CenterView::User holder_of(const AicenterContext& context, std::string_view token) {
  const auto verified = context.tokens->verify(token, context.clock->now());
  if (!verified) return nullptr;
  auto user = context.center->user(verified->user);
  if (!user || user->status != CenterUserDetails::Status::approved) return nullptr;
  return verified->issued_s < user->tokens_from_s ? nullptr : user;
}

std::optional<Caller> operator_of(const AicenterContext& context, std::string_view credential) {
  if (!context.identity || !credential.starts_with(operator_key_prefix)) return std::nullopt;
  const auto principal = living_principal(*context.identity, *context.clock, credential);
  if (!principal || principal->kind != Principal::Kind::operator_key) return std::nullopt;
  return Caller{nullptr, principal->token_id};
}

/// Whoever the credential itself names.
std::optional<Caller> bearer_of(const AicenterContext& context, std::string_view credential) {
  if (credential.empty()) return std::nullopt;
  if (auto operator_ = operator_of(context, credential)) return operator_;
  auto user = holder_of(context, credential);
  if (!user) return std::nullopt;
  return Caller{std::move(user), {}};
}

}  // namespace

std::string Caller::actor() const {
  if (!user) return fmt::format("token/{}", operator_key_id);
  return acting.empty() ? fmt::format("center_user/{}", user->name)
                        : fmt::format("center_user/{} as {}", acting, user->name);
}

std::optional<Caller> authenticate(const AicenterContext& context, const Request& request) {
  const auto name = request.header("x-slurm-user-name");
  auto credential = request.header("x-slurm-user-token");
  if (!credential.empty() && name.empty()) return std::nullopt;
  if (credential.empty()) credential = bearer_credential(request.header("authorization"));
  auto caller = bearer_of(context, credential);
  if (!caller || name.empty() || caller->name() == name) return caller;
  // Nobody gets round his suspension in somebody else's name.
  if (!caller->is_administrator() || suspension_of(context, *caller, {})) return std::nullopt;
  auto other = context.center->user(name);
  if (!other || other->status != CenterUserDetails::Status::approved) return std::nullopt;
  std::string acting(caller->name());
  return Caller{std::move(other), {}, std::move(acting)};
}

std::optional<Refusal> suspension_of(const AicenterContext& context, const Caller& caller,
                                     std::string_view source) {
  const auto now =
      std::chrono::duration_cast<std::chrono::seconds>(context.clock->now().time_since_epoch())
          .count();
  if (!caller.user || caller.user->is_active(now)) return std::nullopt;
  const auto& suspension = *caller.user->suspension;
  const auto until = suspension.until_s == 0
                         ? std::string("an administrator reinstates them")
                         : fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                                       fmt::gmtime(static_cast<std::time_t>(suspension.until_s)));
  return access_denied(
      fmt::format("user {} is suspended until {}: {}", caller.name(), until, suspension.reason),
      std::string(source));
}

std::string sealing_subject(std::string_view user) { return fmt::format("center-{}", user); }

}  // namespace orrery::aicenter
