#include "http/auth/edge_secret.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <initializer_list>
#include <span>
#include <stdexcept>
#include <system_error>

#include <fmt/format.h>
#include <sodium.h>

#include "storage/durable_directory.hpp"

namespace orrery {

namespace {

using Bytes32 = std::array<std::uint8_t, 32>;

/// A keyed BLAKE2b digest in which ("ab", "c") and ("a", "bc") differ.
Bytes32 keyed_digest(const Bytes32& key, std::initializer_list<std::string_view> parts) {
  crypto_generichash_state state;
  crypto_generichash_init(&state, key.data(), key.size(), 32);
  for (const auto part : parts) {
    const std::uint64_t size = part.size();
    crypto_generichash_update(&state, reinterpret_cast<const std::uint8_t*>(&size), sizeof size);
    crypto_generichash_update(&state, reinterpret_cast<const std::uint8_t*>(part.data()), size);
  }
  Bytes32 digest{};
  crypto_generichash_final(&state, digest.data(), digest.size());
  return digest;
}

/// Of the letters that mail addresses have; others stay.
std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  for (auto& letter : lower)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  return lower;
}

std::string in_hexadecimal(std::span<const std::uint8_t> digest) {
  return fmt::format("{:02x}", fmt::join(digest, ""));
}

/// 160 bits in Django's form.
std::string token_of(const Bytes32& digest) {
  return in_hexadecimal(std::span(digest).first<20>());
}

struct Descriptor {
  int fd = -1;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

[[noreturn]] void fail(const std::filesystem::path& path, std::string_view what) {
  throw std::runtime_error(fmt::format("{}: {}", path.string(), what));
}

std::string last_error() { return std::system_category().message(errno); }

/// Written beside its place and moved there, so that a crash leaves a whole file or none.
void create(const std::filesystem::path& path, const Bytes32& bytes) {
  const auto draft = std::filesystem::path(path).concat(".new");
  {
    const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
    const Descriptor opened{::open(draft.c_str(), flags, S_IRUSR | S_IWUSR)};
    if (opened.fd < 0) fail(draft, last_error());
    const auto written = ::write(opened.fd, bytes.data(), bytes.size());
    if (written != static_cast<ssize_t>(bytes.size()) || ::fsync(opened.fd) != 0)
      fail(draft, last_error());
  }
  std::filesystem::rename(draft, path);
  if (!sync_directory(path.parent_path())) fail(path.parent_path(), last_error());
}

}  // namespace

EdgeSecret EdgeSecret::load_or_create(const std::filesystem::path& directory, IdSource& ids) {
  const auto path = directory / "edge.key";
  EdgeSecret secret;
  const Descriptor opened{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (opened.fd < 0) {
    if (errno != ENOENT) fail(path, last_error());
    ids.fill(secret.bytes);
    create(path, secret.bytes);
    return secret;
  }
  std::array<std::uint8_t, 33> found{};
  if (::read(opened.fd, found.data(), found.size()) != 32) fail(path, "must hold 32 bytes");
  std::copy_n(found.begin(), 32, secret.bytes.begin());
  return secret;
}

std::string EdgeSecret::account_id(std::string_view email) const {
  return in_hexadecimal(keyed_digest(bytes, {"account", in_lower_case(email)}));
}

IdSeed EdgeSecret::seed_of(std::string_view purpose, std::string_view principal,
                           std::string_view key) const {
  return keyed_digest(bytes, {"ids", purpose, principal, key});
}

std::string EdgeSecret::signing_secret(std::string_view key_id) const {
  const auto digest = keyed_digest(bytes, {"signing", key_id});
  constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::array<char, sodium_base64_ENCODED_LEN(sizeof digest, variant)> text{};
  sodium_bin2base64(text.data(), text.size(), digest.data(), digest.size(), variant);
  return text.data();
}

std::string EdgeSecret::username_key(std::string_view username) const {
  return in_hexadecimal(keyed_digest(bytes, {"username", username}));
}

std::string EdgeSecret::email_key(std::string_view email) const {
  return in_hexadecimal(keyed_digest(bytes, {"email", in_lower_case(email)}));
}

std::string EdgeSecret::client_token(std::string_view client_id, std::string_view device_id) const {
  return token_of(keyed_digest(bytes, {"client token", client_id, device_id}));
}

std::string EdgeSecret::node_token(std::string_view shared_node_id) const {
  return token_of(keyed_digest(bytes, {"node token", shared_node_id}));
}

std::array<std::uint8_t, 32> EdgeSecret::seal_of(std::string_view purpose,
                                                 std::string_view text) const {
  return keyed_digest(bytes, {"seal", purpose, text});
}

}  // namespace orrery
