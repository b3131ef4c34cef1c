#include "http/mail/mail_text.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace orrery {

namespace {

bool may_stand_in_address(char letter) {
  constexpr std::string_view refused = " <>()[]\",;:\\";
  return letter > ' ' && letter <= '~' && refused.find(letter) == std::string_view::npos;
}

std::string printable(std::string_view text) {
  std::string line(text);
  std::erase_if(line, [](char letter) { return letter < ' ' || letter > '~'; });
  return line;
}

std::string with_crlf(std::string_view text) {
  std::string lines;
  lines.reserve(text.size() + 32);
  for (const auto letter : text) {
    if (letter == '\r') continue;
    if (letter == '\n') lines += '\r';
    lines += letter;
  }
  return lines;
}

}  // namespace

bool can_be_mailed(std::string_view text) {
  constexpr std::size_t bytes_max = 254;
  const auto at = text.find('@');
  return text.size() <= bytes_max && at != std::string_view::npos && at > 0 &&
         at + 1 < text.size() && text.find('@', at + 1) == std::string_view::npos &&
         std::all_of(text.begin(), text.end(), may_stand_in_address);
}

std::string message_text(std::string_view from, const Mail& mail, std::optional<Time> now) {
  std::string date;
  if (now)
    date = fmt::format(
        "Date: {:%a, %d %b %Y %H:%M:%S} +0000\r\n",
        fmt::gmtime(std::chrono::floor<std::chrono::seconds>(*now).time_since_epoch().count()));
  return fmt::format(
      "{}From: {}\r\nTo: {}\r\nSubject: {}\r\nMIME-Version: 1.0\r\n"
      "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"
      "Auto-Submitted: auto-generated\r\n\r\n{}",
      date, from, mail.to, printable(mail.subject), with_crlf(mail.text));
}

}  // namespace orrery
