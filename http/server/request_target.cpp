#include "http/server/request_target.hpp"

#include <algorithm>
#include <array>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace orrery {

namespace {

/// Bytes that stand for themselves in a path, whatever surrounds them, but for "/." sequences.
constexpr auto plain_path_bytes = [] {
  std::array<bool, 256> plain{};
  for (unsigned char c = 'a'; c <= 'z'; ++c) plain[c] = true;
  for (unsigned char c = 'A'; c <= 'Z'; ++c) plain[c] = true;
  for (unsigned char c = '0'; c <= '9'; ++c) plain[c] = true;
  for (const unsigned char c : {'/', '-', '_', '~', '.'}) plain[c] = true;
  return plain;
}();

/// A path that needs no decoding and no normalising, as nearly all are.
bool is_plain(std::string_view target) {
  if (target.empty() || target.front() != '/') return false;
  char previous = 0;
  for (const char c : target) {
    if (!plain_path_bytes[static_cast<unsigned char>(c)]) return false;
    if (c == '.' && previous == '/') return false;
    previous = c;
  }
  return true;
}

bool is_ambiguous(unsigned char c) { return c < 0x20 || c == 0x7f || c == '\\'; }

/// Removes "." and ".." segments from a decoded path; false where it climbs above the root.
bool normalise(std::string& path) {
  std::string out;
  std::string_view rest = path;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('/', 1), rest.size());
    const auto segment = rest.substr(1, end - 1);
    const bool last = end == rest.size();
    rest.remove_prefix(end);
    if (segment == "..") {
      if (out.empty()) return false;
      out.resize(out.rfind('/'));
    } else if (segment != ".") {
      out.append("/").append(segment);
      continue;
    }
    if (last) out += '/';
  }
  path = std::move(out);
  return true;
}

std::optional<RequestTarget> parse_path(boost::urls::pct_string_view encoded,
                                        std::string_view query, std::string& storage) {
  const std::string_view raw(encoded.data(), encoded.size());
  for (const std::string_view slash : {"%2f", "%2F"})
    if (raw.find(slash) != std::string_view::npos) return std::nullopt;
  storage = encoded.decode();
  if (storage.empty()) storage.assign(1, '/');
  if (storage.front() != '/') return std::nullopt;
  if (std::any_of(storage.begin(), storage.end(), is_ambiguous)) return std::nullopt;
  if (!normalise(storage)) return std::nullopt;
  return RequestTarget{storage, query};
}

}  // namespace

std::optional<RequestTarget> parse_target(std::string_view target, Method method,
                                          std::string& storage) {
  if (is_plain(target)) return RequestTarget{target, {}};
  if (target == "*")
    return method == Method::options ? std::optional(RequestTarget{target, {}}) : std::nullopt;
  const bool origin_form = target.starts_with('/');
  const auto url = origin_form ? boost::urls::parse_origin_form(target)
                               : boost::urls::parse_absolute_uri(target);
  if (!url) return std::nullopt;
  if (!origin_form && (url->has_userinfo() || !url->has_authority() ||
                       (url->scheme() != "http" && url->scheme() != "https")))
    return std::nullopt;
  const auto query = url->encoded_query();
  const std::string_view raw_query(query.data(), query.size());
  const auto path = target.substr(0, target.find('?'));
  if (origin_form && is_plain(path)) return RequestTarget{path, raw_query};
  return parse_path(url->encoded_path(), raw_query, storage);
}

}  // namespace orrery
