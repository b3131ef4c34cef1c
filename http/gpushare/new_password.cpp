#include "http/gpushare/new_password.hpp"

#include <algorithm>

#include <boost/beast/core/string.hpp>

#include "http/gpushare/python_text.hpp"

namespace orrery::gpushare {

namespace {

constexpr std::size_t password_size_min = 8;

bool is_numeric(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char letter) { return letter >= '0' && letter <= '9'; });
}

}  // namespace

std::string read_new_password(Fields& fields, std::string_view field,
                              std::string_view confirmation) {
  const TextRules rules{.size_max = password_size_max, .is_trimmed = false};
  const auto password = fields.text(field, required, rules);
  const auto again = fields.text(confirmation, optional, rules);
  if (!password) return {};
  if (character_count(*password) < password_size_min)
    fields.refuse(field, "This password is too short. It must contain at least 8 characters.");
  if (is_numeric(*password)) fields.refuse(field, "This password is entirely numeric.");
  if (again && *again != *password)
    fields.refuse(confirmation, "The two password fields didn't match.");
  return *password;
}

void refuse_name_as_password(Fields& fields, std::string_view field, std::string_view password,
                             std::string_view username, std::string_view email) {
  using boost::beast::iequals;
  if (password.empty()) return;
  if (iequals(password, username))
    fields.refuse(field, "The password is too similar to the username.");
  if (iequals(password, email) || iequals(password, email.substr(0, email.find('@'))))
    fields.refuse(field, "The password is too similar to the email address.");
}

}  // namespace orrery::gpushare
