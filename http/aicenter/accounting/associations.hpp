#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "http/aicenter/context.hpp"
#include "projections/center/center_view.hpp"

namespace orrery {
struct BatchPolicy;
}

namespace orrery::aicenter {

/// Account of everybody who has none above him. There is no team of this name in the log.
inline constexpr std::string_view root_account = "root";

/// A place in Slurm's tree of who shares with whom: a team, or a user within his team.
struct Association {
  std::string account;
  /// Of a team: the one that it is part of. Empty of a user, and of the root.
  std::string parent;
  /// Null of the root.
  CenterView::Team team;
  /// Null of a team.
  CenterView::User user;
  /// Of a user: the one that his class is sent to; empty where the policy doesn't say.
  std::string partition;

  std::string_view user_name() const {
    return user ? std::string_view(user->name) : std::string_view();
  }
};

/// The root, then each team with its users, and after it the teams that are part of it.
std::vector<Association> associations_of(const AicenterContext& context, const BatchPolicy& policy);

/// In full, and as others refer to it.
boost::json::object association_json(const AicenterContext& context, const BatchPolicy& policy,
                                     const Association& association);
boost::json::object short_json(const AicenterContext& context, const Association& association);

}  // namespace orrery::aicenter
