#pragma once

#include <string>
#include <string_view>

#include <boost/system/result.hpp>

namespace orrery {

/// Where a server is, and what opens it.
struct AdminServer {
  /// "http://127.0.0.1:8080" or "https://…".
  std::string url;
  /// An operator's or an organization's key, or an access token; may be empty.
  std::string key;
};

struct AdminAnswer {
  unsigned status = 0;
  std::string body;
};

/// A sentence, with what to do about it.
struct AdminFailure {
  std::string message;
};
[[noreturn]] void throw_exception_from_error(const AdminFailure& failure,
                                             const boost::source_location& location);

/// One request, and its answer whatever the status. `target` begins with a slash; an empty `body`
/// is none. A server's certificate must be one that this machine trusts (SSL_CERT_FILE names
/// others).
boost::system::result<AdminAnswer, AdminFailure> ask(const AdminServer& server,
                                                     std::string_view method,
                                                     std::string_view target, std::string body);

}  // namespace orrery
