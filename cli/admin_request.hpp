#pragma once

#include <map>
#include <string>

#include <boost/system/result.hpp>

#include "cli/admin_client.hpp"
#include "cli/admin_verbs.hpp"

namespace orrery {

/// What the command line gave for each argument of a verb.
using AdminWords = std::map<std::string, std::string, std::less<>>;

struct AdminRequest {
  std::string method;
  /// With the query.
  std::string target;
  /// JSON, or empty.
  std::string body;
};

/// The request of a verb. The failure names the argument that isn't what it should be.
boost::system::result<AdminRequest, AdminFailure> admin_request(const AdminVerb& verb,
                                                                const AdminWords& words);

/// The flag of an argument: "--disk-gib".
std::string admin_flag(const AdminArgument& argument);

}  // namespace orrery
