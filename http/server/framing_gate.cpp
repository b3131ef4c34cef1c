#include "http/server/framing_gate.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>

#include <boost/beast/core/string.hpp>

namespace orrery {

namespace {

constexpr std::string_view host_bytes =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_~:[]%!$&'()*+;=";

bool iequals(std::string_view left, std::string_view right) {
  return boost::beast::iequals(left, right);
}

/// The headers that decide where a request ends or who sent it; each may come once.
struct Singletons {
  enum Name : std::size_t {
    host,
    content_length,
    transfer_encoding,
    expect,
    authorization,
    content_type,
    idempotency_key,
    last_event_id,
    count
  };
  static constexpr std::array<std::string_view, count> names{
      "host",          "content-length", "transfer-encoding", "expect",
      "authorization", "content-type",   "idempotency-key",   "last-event-id"};

  std::array<const std::string_view*, count> values{};

  /// False where one is repeated.
  bool collect(const Headers& headers) {
    for (const auto& [name, value] : headers)
      for (std::size_t i = 0; i < count; ++i) {
        if (name.size() != names[i].size() || !iequals(name, names[i])) continue;
        if (values[i] != nullptr) return false;
        values[i] = &value;
        break;
      }
    return true;
  }
};

/// Whether the eight bytes at `at` hold surely no control byte. All at once: a byte below 0x20
/// borrows when 0x20 is taken from it, and DEL is zero after the exclusive or.
bool is_clean_word(std::string_view head, std::size_t at) {
  std::uint64_t word = 0;
  if (head.size() - at < sizeof word) return false;
  std::memcpy(&word, head.data() + at, sizeof word);
  constexpr std::uint64_t ones = ~std::uint64_t{0} / 255;
  const auto deleted = word ^ (ones * 0x7f);
  const auto below = ((word - ones * 0x20) & ~word) | ((deleted - ones) & ~deleted);
  return (below & (ones * 0x80)) == 0;
}

Fault bad_framing(std::string_view code, std::string_view message) { return {400, code, message}; }

std::optional<Fault> judge_host(const std::string_view* host, bool http_1_0) {
  if (host == nullptr && !http_1_0)
    return bad_framing("host_missing", "A request must carry one Host header.");
  if (host != nullptr && host->find_first_not_of(host_bytes) != std::string_view::npos)
    return bad_framing("host_malformed", "The Host header is not a host and port.");
  return std::nullopt;
}

std::optional<Fault> judge_length(std::string_view value, std::uint64_t body_bytes_max,
                                  BodyFraming& framing) {
  // Digits alone: no sign, list, space or hexadecimal.
  const auto* end = value.data() + value.size();
  const bool digits = !value.empty() && std::all_of(value.begin(), value.end(),
                                                    [](char c) { return c >= '0' && c <= '9'; });
  if (!digits)
    return bad_framing("content_length_malformed", "Content-Length must be one decimal number.");
  const auto parsed = std::from_chars(value.data(), end, framing.content_length);
  if (parsed.ec != std::errc{} || framing.content_length > body_bytes_max)
    return Fault{413, "body_too_large", "The request's body is too large."};
  return std::nullopt;
}

std::optional<Fault> judge_transfer_encoding(std::string_view value, bool http_1_0,
                                             bool has_length) {
  if (http_1_0)
    return bad_framing("transfer_encoding_in_http_1_0", "HTTP/1.0 has no Transfer-Encoding.");
  if (has_length)
    return bad_framing("length_and_transfer_encoding",
                       "A request must not carry both Content-Length and Transfer-Encoding.");
  if (!iequals(value, "chunked"))
    return bad_framing("transfer_encoding_unknown", "The only Transfer-Encoding known is chunked.");
  return std::nullopt;
}

}  // namespace

HeadEnd find_head_end(std::string_view bytes, std::size_t& scanned, std::size_t& line_count) {
  constexpr auto broken = HeadEnd{HeadEnd::Kind::broken, 0, 0};
  while (true) {
    const auto feed = bytes.find('\n', scanned);
    if (feed == std::string_view::npos) return {HeadEnd::Kind::incomplete, 0, line_count};
    if (feed == 0 || bytes[feed - 1] != '\r' || feed == scanned) return broken;
    const auto line = bytes.substr(scanned, feed - 1 - scanned);
    scanned = feed + 1;
    if (line.empty()) return {HeadEnd::Kind::complete, scanned, line_count};
    if (line.front() == ' ' || line.front() == '\t') return broken;
    ++line_count;
  }
}

bool has_control_bytes(std::string_view head) {
  for (std::size_t at = 0; at < head.size();) {
    if (is_clean_word(head, at)) {
      at += sizeof(std::uint64_t);
      continue;
    }
    const auto c = static_cast<unsigned char>(head[at]);
    const bool line_end = c == '\n' || (c == '\r' && at + 1 < head.size() && head[at + 1] == '\n');
    if ((c < 0x20 || c == 0x7f) && !line_end && c != '\t') return true;
    ++at;
  }
  return false;
}

std::pair<std::optional<Fault>, BodyFraming> judge_headers(const Headers& headers, bool http_1_0,
                                                           std::uint64_t body_bytes_max) {
  BodyFraming framing;
  Singletons found;
  if (!found.collect(headers))
    return {bad_framing("header_repeated", "A header that may come once was repeated."), framing};
  if (auto fault = judge_host(found.values[Singletons::host], http_1_0)) return {fault, framing};
  const auto* length = found.values[Singletons::content_length];
  if (const auto* encoding = found.values[Singletons::transfer_encoding]) {
    framing.chunked = true;
    if (auto fault = judge_transfer_encoding(*encoding, http_1_0, length != nullptr))
      return {fault, framing};
  }
  if (length != nullptr)
    if (auto fault = judge_length(*length, body_bytes_max, framing)) return {fault, framing};
  if (const auto* expect = found.values[Singletons::expect]; expect != nullptr && !http_1_0) {
    if (!iequals(*expect, "100-continue"))
      return {Fault{417, "expectation_unknown", "The only expectation known is 100-continue."},
              framing};
    framing.expects_continue = true;
  }
  return {std::nullopt, framing};
}

}  // namespace orrery
