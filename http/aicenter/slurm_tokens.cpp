#include "http/aicenter/slurm_tokens.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <deque>
#include <fstream>
#include <iterator>
#include <mutex>
#include <stdexcept>
#include <system_error>
#include <unordered_map>
#include <utility>

#include <cjose/cjose.h>
#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "http/auth/credential.hpp"
#include "http/auth/id_source.hpp"
#include "storage/durable_directory.hpp"

namespace orrery::aicenter {

namespace {

namespace json = boost::json;

/// Later ones are taken for a mistake.
constexpr std::int64_t latest_s = 1ll << 40;

struct JwkRelease {
  void operator()(cjose_jwk_t* key) const { cjose_jwk_release(key); }
};
struct JwsRelease {
  void operator()(cjose_jws_t* token) const { cjose_jws_release(token); }
};
struct HeaderRelease {
  void operator()(cjose_header_t* header) const { cjose_header_release(header); }
};
using Jwk = std::unique_ptr<cjose_jwk_t, JwkRelease>;
using Jws = std::unique_ptr<cjose_jws_t, JwsRelease>;
using Header = std::unique_ptr<cjose_header_t, HeaderRelease>;

std::int64_t seconds_of(Time time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

std::string_view text_in(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

/// Nothing where it is no time; 0 where there is none.
std::optional<std::int64_t> time_in(const json::object& claims, std::string_view name) {
  const auto* value = claims.if_contains(name);
  if (!value) return 0;
  boost::system::error_code error;
  const auto seconds = value->to_number<std::int64_t>(error);
  if (error || seconds < 0 || seconds > latest_s) return std::nullopt;
  return seconds;
}

/// Only HS256, and nothing that has to be understood besides: looked at before anything is
/// verified.
bool has_our_algorithm(cjose_jws_t* token) {
  auto* const header = cjose_jws_get_protected(token);
  if (!header) return false;
  cjose_err error{};
  const auto* const algorithm = cjose_header_get(header, CJOSE_HDR_ALG, &error);
  if (!algorithm || std::string_view(algorithm) != CJOSE_HDR_ALG_HS256) return false;
  char* const critical = cjose_header_get_raw(header, "crit", &error);
  if (!critical) return true;
  cjose_get_dealloc()(critical);
  return false;
}

std::shared_ptr<const SlurmToken> token_of(const json::object& claims) {
  const auto issued = time_in(claims, "iat");
  const auto expires = time_in(claims, "exp");
  const auto begins = time_in(claims, "nbf");
  auto user = text_in(claims, "sun");
  if (user.empty()) user = text_in(claims, "username");
  if (!issued || !expires || !begins || user.empty()) return nullptr;
  return std::make_shared<const SlurmToken>(
      SlurmToken{std::string(user), *issued, *expires, *begins});
}

[[noreturn]] void fail(const std::filesystem::path& file, std::string_view what) {
  throw std::runtime_error(fmt::format("{}: {}", file.string(), what));
}

/// Written beside its place and moved there, so that a crash leaves a whole file or none.
void create(const std::filesystem::path& file, std::string_view key) {
  const auto draft = std::filesystem::path(file).concat(".new");
  const int fd = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd < 0) fail(draft, std::system_category().message(errno));
  const bool is_whole =
      ::write(fd, key.data(), key.size()) == static_cast<ssize_t>(key.size()) && ::fsync(fd) == 0;
  const int error = errno;
  ::close(fd);
  if (!is_whole) fail(draft, std::system_category().message(error));
  std::filesystem::rename(draft, file);
  if (!sync_directory(file.parent_path())) fail(file, std::system_category().message(errno));
}

/// Tokens that were verified, by their digests.
class KnownTokens {
 public:
  using Token = std::shared_ptr<const SlurmToken>;
  using Key = std::array<std::uint8_t, 32>;

  Token find(const Key& key) const {
    auto& shard = shards_[key[31] % shards_.size()];
    const std::scoped_lock lock(shard.mutex);
    const auto found = shard.tokens.find(key);
    return found == shard.tokens.end() ? nullptr : found->second;
  }

  void remember(const Key& key, Token token) {
    auto& shard = shards_[key[31] % shards_.size()];
    const std::scoped_lock lock(shard.mutex);
    if (!shard.tokens.insert_or_assign(key, std::move(token)).second) return;
    shard.by_age.push_back(key);
    if (shard.by_age.size() <= token_count_max) return;
    shard.tokens.erase(shard.by_age.front());
    shard.by_age.pop_front();
  }

 private:
  /// In each shard; the one that came first is forgotten.
  static constexpr std::size_t token_count_max = 1024;

  struct KeyHash {
    std::size_t operator()(const Key& key) const {
      std::size_t hash = 0;  // A digest: any part of it is a hash.
      std::memcpy(&hash, key.data(), sizeof hash);
      return hash;
    }
  };
  struct alignas(64) Shard {
    std::mutex mutex;
    std::unordered_map<Key, Token, KeyHash> tokens;
    std::deque<Key> by_age;
  };
  mutable std::array<Shard, 16> shards_;
};

}  // namespace

class SlurmTokens::Impl {
 public:
  explicit Impl(const std::string& key) {
    if (key.size() < key_bytes_min)
      throw std::invalid_argument(
          fmt::format("a key for tokens must have {} bytes at least", key_bytes_min));
    cjose_err error{};
    key_.reset(cjose_jwk_create_oct_spec(reinterpret_cast<const std::uint8_t*>(key.data()),
                                         key.size(), &error));
    if (!key_) throw std::invalid_argument("the key for tokens can't be used");
  }

  std::string sign(const std::string& claims) {
    cjose_err error{};
    const Header header(cjose_header_new(&error));
    if (!header || !cjose_header_set(header.get(), CJOSE_HDR_ALG, CJOSE_HDR_ALG_HS256, &error) ||
        !cjose_header_set(header.get(), "typ", "JWT", &error))
      throw std::bad_alloc();
    const std::scoped_lock lock(mutex_);
    const Jws jws(cjose_jws_sign(key_.get(), header.get(),
                                 reinterpret_cast<const std::uint8_t*>(claims.data()),
                                 claims.size(), &error));
    const char* text = nullptr;
    if (!jws || !cjose_jws_export(jws.get(), &text, &error)) throw std::bad_alloc();
    return text;
  }

  std::shared_ptr<const SlurmToken> verify(std::string_view text) {
    const auto key = credential_digest(text);
    if (auto known = known_.find(key)) return known;
    auto token = verified(text);
    if (token) known_.remember(key, token);
    return token;
  }

 private:
  std::shared_ptr<const SlurmToken> verified(std::string_view text) {
    cjose_err error{};
    const Jws jws(cjose_jws_import(text.data(), text.size(), &error));
    if (!jws || !has_our_algorithm(jws.get())) return nullptr;
    {
      // The key is shared, and nothing says that it is made for that.
      const std::scoped_lock lock(mutex_);
      if (!cjose_jws_verify(jws.get(), key_.get(), &error)) return nullptr;
    }
    std::uint8_t* bytes = nullptr;
    std::size_t size = 0;
    if (!cjose_jws_get_plaintext(jws.get(), &bytes, &size, &error)) return nullptr;
    boost::system::error_code broken;
    const auto claims = json::parse({reinterpret_cast<const char*>(bytes), size}, broken);
    return broken || !claims.is_object() ? nullptr : token_of(claims.get_object());
  }

  Jwk key_;
  std::mutex mutex_;
  KnownTokens known_;
};

SlurmTokens::SlurmTokens(std::string key) : impl_(std::make_unique<Impl>(key)) {}
SlurmTokens::~SlurmTokens() = default;

std::unique_ptr<SlurmTokens> SlurmTokens::load(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) fail(file, "can't be read; it is to hold the key for tokens");
  std::string key{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  try {
    return std::make_unique<SlurmTokens>(std::move(key));
  } catch (const std::invalid_argument& problem) {
    fail(file, problem.what());
  }
}

std::unique_ptr<SlurmTokens> SlurmTokens::load_or_create(const std::filesystem::path& file,
                                                         IdSource& ids) {
  if (!std::filesystem::exists(file)) {
    std::array<std::uint8_t, 32> bytes{};
    ids.fill(bytes);
    create(file, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  return load(file);
}

std::string SlurmTokens::mint(std::string_view user, Time now,
                              std::chrono::seconds lifespan) const {
  const auto now_s = seconds_of(now);
  return impl_->sign(json::serialize(json::object{
      {"exp", now_s + lifespan.count()}, {"iat", now_s}, {"sun", json::string(user)}}));
}

std::shared_ptr<const SlurmToken> SlurmTokens::verify(std::string_view token, Time now) const {
  if (token.empty() || token.size() > token_bytes_max) return nullptr;
  auto verified = impl_->verify(token);
  const auto now_s = seconds_of(now);
  if (!verified || verified->expires_s <= now_s || verified->begins_s > now_s) return nullptr;
  return verified;
}

}  // namespace orrery::aicenter
