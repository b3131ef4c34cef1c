#include "http/gpushare/mail_address.hpp"

#include <algorithm>

#include <boost/asio/ip/address.hpp>

#include "http/gpushare/python_text.hpp"

namespace orrery::gpushare {

namespace {

constexpr std::size_t size_max = 320;
constexpr std::size_t label_size_max = 63;

bool is_ascii_alphanumeric(char letter) {
  return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
         (letter >= 'A' && letter <= 'Z');
}

/// Takes what stands before the first dot off `rest`.
std::string_view take_part(std::string_view& rest) {
  const auto part = rest.substr(0, rest.find('.'));
  rest.remove_prefix(std::min(part.size() + 1, rest.size()));
  return part;
}

bool is_atom(std::string_view text) {
  constexpr std::string_view others = "-!#$%&'*+/=?^_`{}|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char letter) {
    return is_ascii_alphanumeric(letter) || others.find(letter) != others.npos;
  });
}

bool is_dot_atom(std::string_view text) {
  if (text.ends_with('.')) return false;
  while (!text.empty())
    if (!is_atom(take_part(text))) return false;
  return true;
}

/// Whatever stands between the quotes, but for line breaks; quotes and backslashes are escaped.
bool is_quoted(std::string_view text) {
  if (text.size() < 2 || !text.starts_with('"') || !text.ends_with('"')) return false;
  text = text.substr(1, text.size() - 2);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char letter = text[i];
    if (letter == '\0' || letter == '\n' || letter == '\r' || (letter & '\x80') != 0) return false;
    if (letter == '"') return false;
    if (letter == '\\' && ++i == text.size()) return false;
  }
  return true;
}

/// Letters of other scripts stand for what they are in ASCII.
bool is_label(std::string_view text, std::size_t size_min) {
  return text.size() >= size_min && text.size() <= label_size_max && !text.ends_with('-') &&
         std::all_of(text.begin(), text.end(), [](char letter) {
           return is_ascii_alphanumeric(letter) || letter == '-' || (letter & '\x80') != 0;
         });
}

bool is_domain(std::string_view text) {
  if (text == "localhost") return true;
  if (text.starts_with('[') && text.ends_with(']')) {
    boost::system::error_code problem;
    boost::asio::ip::make_address(std::string(text.substr(1, text.size() - 2)), problem);
    return !problem;
  }
  const auto last_dot = text.rfind('.');
  if (last_dot == std::string_view::npos || !is_label(text.substr(last_dot + 1), 2)) return false;
  auto rest = text.substr(0, last_dot);
  if (rest.empty() || rest.ends_with('.')) return false;
  while (!rest.empty())
    if (const auto label = take_part(rest); label.starts_with('-') || !is_label(label, 1))
      return false;
  return true;
}

}  // namespace

bool is_mail_address(std::string_view text) {
  const auto at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || character_count(text) > size_max) return false;
  const auto name = text.substr(0, at);
  return (is_dot_atom(name) || is_quoted(name)) && is_domain(text.substr(at + 1));
}

}  // namespace orrery::gpushare
