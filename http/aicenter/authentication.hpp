#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/aicenter/context.hpp"
#include "http/aicenter/errors.hpp"
#include "http/server/message.hpp"
#include "projections/center/center_view.hpp"

namespace orrery::aicenter {

/// Who asks.
struct Caller {
  /// An approved user of the center; null of an operator of the server.
  CenterView::User user;
  /// Id of the server operator's key; empty of a user.
  std::string operator_key_id;
  /// Administrator whose token it is, where he acts as `user`; else empty.
  std::string acting = {};

  /// Login name; "root" of an operator of the server.
  std::string_view name() const { return user ? std::string_view(user->name) : "root"; }
  /// For the origin of events.
  std::string actor() const;
  /// He may see and change what is others'.
  bool is_operator() const { return !user || user->grant.role != CenterRole::none; }
  /// He may do so in others' names, too.
  bool is_administrator() const { return !user || user->grant.role == CenterRole::administrator; }
  /// Whether it is his, or he may act as if it were.
  bool may_change(std::string_view owner) const { return name() == owner || is_operator(); }
};

/// Finds out who sent `request`: by X-SLURM-USER-NAME and X-SLURM-USER-TOKEN, which must name the
/// same user (an administrator's token may go with another user's name: he acts as that one), or by
/// "Authorization: Bearer" with the token alone or with an operator's key of the server. Nothing
/// where nobody is named, or he isn't an approved user, or the token is older than he wants.
std::optional<Caller> authenticate(const AicenterContext& context, const Request& request);

/// Why he may change nothing now: he is suspended. Nothing where he may.
std::optional<Refusal> suspension_of(const AicenterContext& context, const Caller& caller,
                                     std::string_view source);

/// Subject under whose key what a user of the center says of himself is sealed.
std::string sealing_subject(std::string_view user);

}  // namespace orrery::aicenter
