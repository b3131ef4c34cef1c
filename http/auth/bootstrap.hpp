#pragma once

#include <string>

#include <boost/system/result.hpp>

#include "http/auth/edge_secret.hpp"
#include "storage/clock.hpp"

namespace orrery {

class CommandGateway;
class PasswordPool;
class SubjectKeys;

/// What a development server offers from its first start.
struct BootstrapPlan {
  std::string organization_name = "demo";
  std::string project_name = "demo";
  std::string email = "demo@orrery.invalid";
};

/// Everything a client of the development server needs. Every value follows from the edge's secret
/// and the plan, so each start of a server over the same data returns the same.
struct BootstrapCredentials {
  std::string email;
  std::string password;
  /// Reaches the whole organization.
  std::string access_key;
  /// For the same key's signed requests.
  std::string access_key_id;
  std::string signing_secret;
  /// Reaches `project_id` alone.
  std::string project_access_key;
  /// For `/orrery/v1/events` and administration.
  std::string operator_key;
  std::string organization_id;
  std::string project_id;
};

struct BootstrapFailure {
  std::string message;
};
[[noreturn]] void throw_exception_from_error(const BootstrapFailure& failure,
                                             const boost::source_location& location);

/// Sees to it that organization, project, account and keys of the plan exist. Blocks until all of
/// it is durable, so call it from no actor and no serving thread. What exists already is left as it
/// is.
boost::system::result<BootstrapCredentials, BootstrapFailure> bootstrap(
    CommandGateway& gateway, SubjectKeys& subject_keys, const PasswordPool& passwords,
    const EdgeSecret& secret, const BootstrapPlan& plan);

}  // namespace orrery
