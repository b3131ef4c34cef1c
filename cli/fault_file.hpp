#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/system/result.hpp>

#include "cli/admin_client.hpp"

namespace orrery {

/// What `--faults` means, as the API takes it: "published" (the rates of docs/simulation.md),
/// "none", or a file in TOML or JSON with `rates` and `script`. Whether the numbers make sense is
/// the server's to say.
boost::system::result<boost::json::object, AdminFailure> faults_of(const std::string& word);

/// The text of such a file; `name` says where a mistake is.
boost::system::result<boost::json::object, AdminFailure> parse_faults(std::string_view text,
                                                                      std::string_view name);

}  // namespace orrery
