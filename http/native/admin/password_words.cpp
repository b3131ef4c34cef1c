#include "http/native/admin/password_words.hpp"

#include <utility>

#include "http/auth/password_pool.hpp"

namespace orrery::admin {
namespace {

constexpr std::size_t password_bytes_min = 8;
constexpr std::size_t password_bytes_max = 1024;

}  // namespace

std::string read_email(JsonFields& fields) {
  const auto email = fields.required_string("email", email_bytes_max);
  if (!email.empty() && email.find('@') == std::string_view::npos)
    fields.refuse("email", "must be a mail address");
  return std::string(email);
}

std::string read_new_password(JsonFields& fields, std::string_view name) {
  const auto password = fields.optional_string(name, password_bytes_max);
  if (password && password->size() < password_bytes_min)
    fields.refuse(name, "must have at least 8 bytes");
  return std::string(password.value_or(""));
}

void hash_password(const Call& call, std::string password,
                   std::function<void(std::string hash)> go_on) {
  const auto hashed = [call, go_on = std::move(go_on)](std::string hash) {
    if (hash.empty())
      return call->refuse(503, "unavailable", "No memory to hash a password now, try again later.");
    go_on(std::move(hash));
  };
  if (!call->context().passwords->hash(std::move(password), hashed))
    call->refuse(429, "too_many_requests", "Too many passwords are being hashed, try again later.");
}

void too_many_guesses(const Call& call) {
  call->refuse(429, "too_many_requests", "Too many wrong passwords, try again later.");
}

}  // namespace orrery::admin
