#pragma once

#include "http/gpushare/route_table.hpp"

namespace orrery::gpushare {

/// How people come to be clients, sign in and out, and get a new password.
void add_registration(Routes& routes);
void add_signing_in(Routes& routes);
void add_google_sign_in(Routes& routes);
void add_password_reset(Routes& routes);

}  // namespace orrery::gpushare
