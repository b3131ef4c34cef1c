#include "http/auth/request_signature.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <sodium.h>
#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/join.hpp>
#include <boost/algorithm/string/split.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/pct_string_view.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include "http/auth/base64url.hpp"
#include "http/json/timestamp.hpp"

namespace orrery {

namespace {

constexpr std::string_view version_prefix = "1.0:";
constexpr std::string_view timestamp_header = "x-crusoe-timestamp";

using Mac = std::array<std::uint8_t, crypto_auth_hmacsha256_BYTES>;

const std::uint8_t* bytes_of(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

Mac mac_of(std::string_view key, std::string_view text) {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, bytes_of(key), key.size());
  crypto_auth_hmacsha256_update(&state, bytes_of(text), text.size());
  Mac mac{};
  crypto_auth_hmacsha256_final(&state, mac.data());
  return mac;
}

bool is_within_window(std::string_view timestamp, Time now) {
  const auto time = read_rfc3339(timestamp);
  return time && *time >= now - signature_window && *time <= now + signature_window;
}

std::vector<std::string> parameters_of(std::string_view query) {
  std::vector<std::string> parameters;
  if (!query.empty()) boost::algorithm::split(parameters, query, boost::algorithm::is_any_of("&"));
  return parameters;
}

boost::urls::encoding_opts form_options() {
  boost::urls::encoding_opts options;
  options.space_as_plus = true;
  return options;
}

std::string encoded(std::string_view text) {
  return boost::urls::encode(text, boost::urls::unreserved_chars, form_options());
}

}  // namespace

std::string sorted_query(std::string_view query) {
  auto parameters = parameters_of(query);
  std::ranges::sort(parameters);
  return boost::algorithm::join(parameters, "&");
}

std::string canonical_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const std::string_view parameter : parameters_of(query)) {
    const auto equals = parameter.find('=');
    const auto decoded = [](std::string_view text) {  // The edge has checked the encoding.
      return boost::urls::pct_string_view(text).decode(form_options());
    };
    const auto value = equals == parameter.npos ? std::string_view{} : parameter.substr(equals + 1);
    pairs.emplace_back(decoded(parameter.substr(0, equals)), decoded(value));
  }
  // Of a repeated name the values keep their order.
  std::ranges::stable_sort(pairs, {}, &std::pair<std::string, std::string>::first);
  std::string text;
  for (const auto& [name, value] : pairs)
    text += fmt::format("{}{}={}", text.empty() ? "" : "&", encoded(name), encoded(value));
  return text;
}

std::optional<RequestSignature> read_signature(std::string_view credential) {
  if (!credential.starts_with(version_prefix)) return std::nullopt;
  credential.remove_prefix(version_prefix.size());
  const auto colon = credential.rfind(':');
  if (colon == credential.npos) return std::nullopt;
  return RequestSignature{credential.substr(0, colon), credential.substr(colon + 1)};
}

bool is_signed(const Request& request, const RequestSignature& signature, std::string_view secret,
               Time now) {
  const auto given = from_base64url(signature.signature);
  const auto key = from_base64url(secret);
  const auto timestamp = request.header(timestamp_header);
  if (!given || given->size() != sizeof(Mac) || !key || !is_within_window(timestamp, now))
    return false;
  const auto sent = request.header(query_as_sent);
  const auto whole = sent.empty() ? request.query : sent;
  for (const auto& query : {sorted_query(whole), canonical_query(whole)}) {
    const auto text =
        fmt::format("{}\n{}\n{}\n{}\n", request.path, query, to_string(request.method), timestamp);
    if (sodium_memcmp(mac_of(*key, text).data(), given->data(), sizeof(Mac)) == 0) return true;
  }
  return false;
}

}  // namespace orrery
