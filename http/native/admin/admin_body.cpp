#include "http/native/admin/admin_body.hpp"

#include <charconv>

#include "actors/wallet/wallet.hpp"
#include "http/json/cny.hpp"

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

std::int64_t read_amount(JsonFields& fields, std::string_view name) {
  const auto text = fields.required_string(name, 64);
  const auto fen = read_cny(text);
  if (fen && *fen > 0 && *fen <= Wallet::amount_fen_max) return *fen;
  fields.refuse(name, R"(must be CNY as a string, from "0.01" to "10000000", such as "2.50")");
  return 0;
}

std::optional<std::size_t> page_size(const Request& request) {
  const auto text = request.query_parameter("limit");
  if (text.empty()) return page_size_max;
  std::size_t size = 0;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, size);
  const bool good = parsed.ec == std::errc() && parsed.ptr == end;
  return good && size > 0 && size <= page_size_max ? std::optional(size) : std::nullopt;
}

std::optional<Position> read_place(const Request& request) {
  const auto text = request.query_parameter("after");
  Position place = 0;
  if (text.empty()) return place;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, place);
  return parsed.ec == std::errc() && parsed.ptr == end ? std::optional(place) : std::nullopt;
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
