#pragma once

#include <string_view>

#include <boost/system/result.hpp>

#include "http/aifactory/route_table.hpp"

namespace orrery::aifactory {

/// Who asks, or why he gets nothing: 401 without the server's token or an operator's key, where a
/// token is configured; 400 to a request for a foreign name, where none is.
boost::system::result<Caller, Refusal> caller_of(const AifactoryContext& context,
                                                 const Request& request);

/// Whether a `Host` header names this machine as only its own programs can: "localhost", a name
/// below it, 127.0.0.0/8 or ::1, with or without a port. A web page that has its own name resolved
/// to 127.0.0.1 is told apart by this.
bool is_loopback_host(std::string_view host);

}  // namespace orrery::aifactory
