#include "http/auth/google_tokens.hpp"

#include <sys/stat.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <string>
#include <tuple>
#include <utility>

#include <cjose/cjose.h>
#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace orrery {

namespace {

namespace json = boost::json;

constexpr std::chrono::seconds leeway{60};
constexpr std::size_t key_bits_min = 2048;
constexpr std::size_t key_set_bytes_max = 1u << 20;

struct JwkRelease {
  void operator()(cjose_jwk_t* key) const { cjose_jwk_release(key); }
};
struct JwsRelease {
  void operator()(cjose_jws_t* token) const { cjose_jws_release(token); }
};
using Jwk = std::unique_ptr<cjose_jwk_t, JwkRelease>;
using Jws = std::unique_ptr<cjose_jws_t, JwsRelease>;
/// By their ids.
using KeySet = std::map<std::string, Jwk, std::less<>>;

std::string_view text_in(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

/// A key for verifying RS256; null where it is another.
Jwk read_key(const json::object& words) {
  if (text_in(words, "kty") != "RSA") return nullptr;
  const auto use = text_in(words, "use");
  const auto algorithm = text_in(words, "alg");
  if ((!use.empty() && use != "sig") || (!algorithm.empty() && algorithm != "RS256"))
    return nullptr;
  cjose_err error{};
  const auto text = json::serialize(words);
  Jwk key(cjose_jwk_import(text.data(), text.size(), &error));
  if (!key || cjose_jwk_get_keysize(key.get(), &error) < key_bits_min) return nullptr;
  return key;
}

KeySet read_keys(std::string_view text) {
  KeySet keys;
  boost::system::error_code error;
  const auto document = json::parse(text, error);
  const auto* root = error ? nullptr : document.if_object();
  const auto* list = root ? root->if_contains("keys") : nullptr;
  if (!list || !list->is_array()) return keys;
  for (const auto& entry : list->get_array()) {
    const auto* words = entry.if_object();
    if (!words) continue;
    const auto id = text_in(*words, "kid");
    if (auto key = read_key(*words); key && !id.empty()) keys.emplace(id, std::move(key));
  }
  return keys;
}

/// What changes when a file is written or another takes its place.
using FileMark = std::tuple<ino_t, off_t, time_t, long>;

std::optional<FileMark> mark_of(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return FileMark{status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(key_set_bytes_max, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

/// The header's fields that decide how a token is verified are looked at before it is: only RS256,
/// with a key that is named, and nothing that has to be understood besides.
std::string key_id_of(cjose_jws_t* token) {
  auto* const header = cjose_jws_get_protected(token);
  if (!header) return {};
  cjose_err error{};
  const auto* const algorithm = cjose_header_get(header, CJOSE_HDR_ALG, &error);
  const auto* const key_id = cjose_header_get(header, CJOSE_HDR_KID, &error);
  if (!algorithm || !key_id || std::string_view(algorithm) != CJOSE_HDR_ALG_RS256) return {};
  if (cjose_header_get(header, "crit", &error)) return {};
  char* const critical = cjose_header_get_raw(header, "crit", &error);
  if (!critical) return key_id;
  cjose_get_dealloc()(critical);
  return {};
}

bool is_timely(const json::object& claims, Time now) {
  const auto time_in = [&](std::string_view name) -> std::optional<Time> {
    const auto* value = claims.if_contains(name);
    boost::system::error_code error;
    const auto seconds = value ? value->to_number<std::int64_t>(error) : 0;
    constexpr std::int64_t latest = 1ll << 40;
    if (!value || error || seconds < 0 || seconds > latest) return std::nullopt;
    return Time(std::chrono::seconds(seconds));
  };
  const auto made = time_in("iat");
  const auto ends = time_in("exp");
  if (!made || !ends) return false;
  const bool has_begun =
      !claims.contains("nbf") || (time_in("nbf") && *time_in("nbf") <= now + leeway);
  return *made <= now + leeway && now < *ends + leeway && has_begun;
}

bool is_for(const json::object& claims, std::string_view client_id) {
  const auto issuer = text_in(claims, "iss");
  if (issuer != "https://accounts.google.com" && issuer != "accounts.google.com") return false;
  return !client_id.empty() && text_in(claims, "aud") == client_id;
}

std::optional<GoogleIdentity> identity_in(const json::object& claims) {
  const auto* verified = claims.if_contains("email_verified");
  const auto email = text_in(claims, "email");
  if (!verified || !verified->is_bool() || !verified->get_bool()) return std::nullopt;
  if (email.find('@') == std::string_view::npos || email.size() > 254) return std::nullopt;
  const auto picture = text_in(claims, "picture");
  const bool is_link = picture.starts_with("https://") && picture.size() <= 2048;
  return GoogleIdentity{std::string(email), is_link ? std::string(picture) : std::string()};
}

}  // namespace

class GoogleTokens::Impl {
 public:
  explicit Impl(GoogleTokensConfiguration configuration)
      : configuration_(std::move(configuration)) {}

  std::optional<GoogleIdentity> verify(std::string_view token, Time now) {
    const auto claims = verified_claims(token);
    if (!claims || !is_for(*claims, configuration_.client_id) || !is_timely(*claims, now))
      return std::nullopt;
    return identity_in(*claims);
  }

  std::optional<std::string> problem() {
    const std::scoped_lock lock(mutex_);
    refresh();
    if (configuration_.client_id.empty())
      return "signing in with Google needs the application's id, gpushare.google_client_id";
    if (!keys_.empty()) return std::nullopt;
    return fmt::format("{}: holds no JSON Web Key Set with RSA keys for signatures",
                       configuration_.jwks_file.string());
  }

 private:
  /// The claims of a token that one of the keys has signed.
  std::optional<json::object> verified_claims(std::string_view token) {
    if (token.empty() || token.size() > token_bytes_max) return std::nullopt;
    cjose_err error{};
    const Jws jws(cjose_jws_import(token.data(), token.size(), &error));
    if (!jws) return std::nullopt;
    const auto key_id = key_id_of(jws.get());
    // Keys are shared, and nothing says that they are made for that.
    const std::scoped_lock lock(mutex_);
    refresh();
    const auto key = keys_.find(key_id);
    if (key == keys_.end() || !cjose_jws_verify(jws.get(), key->second.get(), &error))
      return std::nullopt;
    std::uint8_t* bytes = nullptr;
    std::size_t size = 0;
    if (!cjose_jws_get_plaintext(jws.get(), &bytes, &size, &error)) return std::nullopt;
    boost::system::error_code broken;
    auto claims = json::parse({reinterpret_cast<const char*>(bytes), size}, broken);
    if (broken || !claims.is_object()) return std::nullopt;
    return std::move(claims.get_object());
  }

  /// Keys of a file that is gone or broken are no good any more.
  void refresh() {
    const auto mark = mark_of(configuration_.jwks_file);
    if (mark == mark_) return;
    keys_ = mark ? read_keys(bytes_of(configuration_.jwks_file)) : KeySet{};
    mark_ = mark;
  }

  const GoogleTokensConfiguration configuration_;
  std::mutex mutex_;
  std::optional<FileMark> mark_;
  KeySet keys_;
};

GoogleTokens::GoogleTokens(GoogleTokensConfiguration configuration)
    : impl_(std::make_unique<Impl>(std::move(configuration))) {}

GoogleTokens::~GoogleTokens() = default;

std::optional<GoogleIdentity> GoogleTokens::verify(std::string_view token, Time now) const {
  return impl_->verify(token, now);
}

std::optional<std::string> GoogleTokens::problem() const { return impl_->problem(); }

}  // namespace orrery
