#include "http/native/admin/admin_body.hpp"

#include <charconv>

namespace orrery::admin {
namespace {

constexpr std::size_t decimals_max = 6;
/// A million million dollars; with its six decimals it fits well.
constexpr std::size_t whole_digits_max = 12;

/// Digits and, after one point, at most six more.
std::optional<std::int64_t> micro_usd_of(std::string_view text) {
  const auto point = std::min(text.find('.'), text.size());
  std::string digits(text.substr(0, point));
  const auto decimals = text.substr(std::min(point + 1, text.size()));
  if (digits.empty() || digits.size() > whole_digits_max || decimals.size() > decimals_max ||
      (point < text.size() && decimals.empty()))
    return std::nullopt;
  digits.append(decimals).append(decimals_max - decimals.size(), '0');
  std::int64_t value = 0;
  const auto* end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, value);
  if (digits.front() == '-' || parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return value;
}

}  // namespace

std::optional<std::int64_t> read_usd(JsonFields& fields, std::string_view name) {
  const auto text = fields.optional_string(name, 64);
  if (!text) return std::nullopt;
  const auto value = micro_usd_of(*text);
  if (!value) fields.refuse(name, R"(must be dollars as a string, such as "1.25" or "0.00013")");
  return value;
}

std::optional<std::int64_t> read_time(JsonFields& fields, std::string_view name) {
  const auto text = fields.optional_string(name, 64);
  if (!text) return std::nullopt;
  const auto time = read_rfc3339(*text);
  if (!time) {
    fields.refuse(name, R"(must be a time such as "2026-01-31T12:00:00Z")");
    return std::nullopt;
  }
  return time->time_since_epoch().count();
}

}  // namespace orrery::admin
