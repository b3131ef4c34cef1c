#pragma once

#include <string>
#include <string_view>

#include "http/auth/bootstrap.hpp"

namespace orrery {

/// The text of `<data>/dev-credentials.json`: for each API an object with what a client of it
/// needs, and `orrery` for the server's own routes.
std::string dev_credentials_json(const BootstrapCredentials& credentials,
                                 std::string_view base_url);

/// What `orrery serve --dev` prints: where it serves, the credentials, and three lines to copy into
/// a shell.
std::string dev_welcome(const BootstrapCredentials& credentials, std::string_view base_url,
                        std::string_view credentials_file);

}  // namespace orrery
