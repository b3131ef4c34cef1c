#pragma once

#include <string>
#include <string_view>

#include <boost/system/result.hpp>

#include "http/upstream/upstream_target.hpp"

namespace orrery::gpushare {

/// Why a URL can't be a node's endpoint, as a sentence for its field.
struct EndpointProblem {
  std::string sentence;
};
[[noreturn]] void throw_exception_from_error(const EndpointProblem& problem,
                                             const boost::source_location& location);

/// The server at which a provider's URL points: "http://gpu.example:8000", with a path before
/// "/v1" where it has one; a "/v1" at its end is taken for what it is. An address that may not be
/// reached is refused here already; what a name resolves to is judged whenever it is connected to.
boost::system::result<UpstreamTarget, EndpointProblem> read_endpoint(std::string_view url,
                                                                     UpstreamReach reach);

}  // namespace orrery::gpushare
