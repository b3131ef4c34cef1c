#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "http/native/admin/admin_body.hpp"

namespace orrery::admin {

inline constexpr std::size_t email_bytes_max = 320;

/// A mail address that must be there.
std::string read_email(JsonFields& fields);

/// A new password: 8 to 1024 bytes; empty where it is absent or wrong.
std::string read_new_password(JsonFields& fields, std::string_view name);

/// Goes on with the hash of a new password, on a thread of the pool; 429 where too many wait.
void hash_password(const Call& call, std::string password,
                   std::function<void(std::string hash)> go_on);

/// 429, the same for every reason.
void too_many_guesses(const Call& call);

}  // namespace orrery::admin
