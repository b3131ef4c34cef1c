#include "http/gpushare/free_username.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "projections/clients/client_view.hpp"

namespace orrery::gpushare {

namespace {

/// What a user name may have, but for "@", which makes it look like an address.
bool is_name_letter(char letter) {
  return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '.' || letter == '+' ||
         letter == '-' || letter == '_';
}

}  // namespace

std::string free_username(const GpushareContext& context, std::string_view email) {
  constexpr std::size_t size_max = 100;
  std::string name(email.substr(0, std::min(email.find('@'), size_max)));
  std::erase_if(name, [](char letter) { return !is_name_letter(letter); });
  if (name.empty()) name = "user";
  const auto is_taken = [&](std::string_view wish) {
    return context.clients->by_username(context.secret.username_key(wish)) != nullptr;
  };
  if (!is_taken(name)) return name;
  // A few small numbers, then one that nobody has: ids of clients never come again.
  for (unsigned number = 2; number < 100; ++number)
    if (auto wish = fmt::format("{}{}", name, number); !is_taken(wish)) return wish;
  return fmt::format("{}-{}", name, context.client_numbers->take(context.clients->largest_id(), 1));
}

}  // namespace orrery::gpushare
