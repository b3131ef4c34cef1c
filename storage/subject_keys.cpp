#include "storage/subject_keys.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <unordered_map>

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/durable_directory.hpp"

namespace orrery {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t key_size = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;
using Key = std::array<unsigned char, key_size>;

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

class FileDescriptor {
 public:
  FileDescriptor(const fs::path& path, int flags, mode_t mode = 0)
      : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}
  ~FileDescriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;

  bool is_open() const { return descriptor_ >= 0; }
  bool write_synced(const Key& key) const {
    return ::pwrite(descriptor_, key.data(), key.size(), 0) == ssize_t{key_size} &&
           ::fsync(descriptor_) == 0;
  }
  bool read(Key& key) const {
    return ::pread(descriptor_, key.data(), key.size(), 0) == ssize_t{key_size};
  }

 private:
  int descriptor_;
};

/// What an erasure writes over a key; no key is drawn like that.
bool is_erased(const Key& key) { return key == Key{}; }

/// The file is named after a digest, so that no subject can choose a path.
std::string file_name(std::string_view subject) {
  std::array<unsigned char, 16> digest;
  crypto_generichash(digest.data(), digest.size(), bytes(subject), subject.size(), nullptr, 0);
  std::string name;
  for (const auto byte : digest) fmt::format_to(std::back_inserter(name), "{:02x}", byte);
  return name;
}

/// The nonce follows from what is sealed, so it repeats only where everything does.
void nonce_of(const Key& key, std::string_view subject, std::string_view plaintext,
              unsigned char* nonce) {
  crypto_generichash_state state;
  crypto_generichash_init(&state, key.data(), key.size(), nonce_size);
  const std::uint64_t subject_size = subject.size();
  crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(&subject_size),
                            sizeof subject_size);
  crypto_generichash_update(&state, bytes(subject), subject.size());
  crypto_generichash_update(&state, bytes(plaintext), plaintext.size());
  crypto_generichash_final(&state, nonce, nonce_size);
}

/// Clears the key.
Sealed seal_with(Key& key, std::string_view subject, std::string_view plaintext) {
  Sealed sealed{std::string(subject), {}};
  sealed.box.resize(nonce_size + plaintext.size() + tag_size);
  auto* const nonce = reinterpret_cast<unsigned char*>(sealed.box.data());
  nonce_of(key, subject, plaintext, nonce);
  // The subject is authenticated too: a box doesn't open under another person's name.
  crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + nonce_size, nullptr, bytes(plaintext),
                                             plaintext.size(), bytes(subject), subject.size(),
                                             nullptr, nonce, key.data());
  sodium_memzero(key.data(), key_size);
  return sealed;
}

}  // namespace

void throw_exception_from_error(const KeyStoreFailure& failure, const boost::source_location&) {
  throw std::runtime_error(failure.message);
}

struct SubjectKeys::State {
  /// Empty: in memory only.
  fs::path directory;
  /// Held while files are read, made or erased, which waits for the disk. Whoever knows his key
  /// doesn't wait for it.
  std::mutex files_mutex;
  /// Guards the cache alone. Taken within the other, never around it.
  std::mutex cache_mutex;
  std::unordered_map<std::string, Key> cache;

  ~State() {
    for (auto& [subject, key] : cache) sodium_memzero(key.data(), key.size());
  }

  std::optional<Key> cached(const std::string& subject) {
    const std::lock_guard lock(cache_mutex);
    const auto found = cache.find(subject);
    return found == cache.end() ? std::nullopt : std::optional(found->second);
  }

  /// The same, or from its file.
  std::optional<Key> known(const std::string& subject) {
    if (const auto key = cached(subject)) return key;
    const std::lock_guard lock(files_mutex);
    return find(subject);
  }

  Key remember(const std::string& subject, const Key& key) {
    const std::lock_guard lock(cache_mutex);
    cache.emplace(subject, key);
    return key;
  }

  /// What follows is called with `files_mutex`, so that no key comes back into the cache while it
  /// is erased.
  std::optional<Key> find(const std::string& subject) {
    if (const auto key = cached(subject)) return key;
    if (directory.empty()) return std::nullopt;
    const FileDescriptor file(directory / file_name(subject), O_RDONLY);
    Key key;
    if (!file.is_open() || !file.read(key) || is_erased(key)) return std::nullopt;
    return remember(subject, key);
  }

  /// A key that is on disk, name and all, before anybody uses it.
  std::optional<Key> create(const std::string& subject) {
    Key key;
    randombytes_buf(key.data(), key.size());
    if (!directory.empty()) {
      const auto path = directory / file_name(subject);
      // A file of that name that can't be read as a key is left alone: it may still be somebody's.
      if (!finish_erasure(path)) return std::nullopt;
      const auto draft = fs::path(path).concat(".new");
      const FileDescriptor file(draft, O_WRONLY | O_CREAT | O_TRUNC, S_IRUSR | S_IWUSR);
      if (!file.is_open() || !file.write_synced(key)) return std::nullopt;
      if (::link(draft.c_str(), path.c_str()) != 0) return std::nullopt;
      if (::unlink(draft.c_str()) != 0 || !sync_directory(directory)) return std::nullopt;
    }
    return remember(subject, key);
  }

  /// An erasure that was cut short left the file behind, overwritten already. True unless such a
  /// file is there and stays.
  bool finish_erasure(const fs::path& path) const {
    const FileDescriptor file(path, O_RDONLY);
    Key key;
    if (!file.is_open() || !file.read(key) || !is_erased(key)) return true;
    return ::unlink(path.c_str()) == 0 && sync_directory(directory);
  }

  void forget(const std::string& subject) {
    const std::lock_guard lock(cache_mutex);
    const auto known = cache.find(subject);
    if (known == cache.end()) return;
    sodium_memzero(known->second.data(), key_size);
    cache.erase(known);
  }

  bool erase(const std::string& subject) {
    forget(subject);
    if (directory.empty()) return true;
    const auto path = directory / file_name(subject);
    {  // Overwritten first, so that no free block of the disk keeps it where files stay in place.
      const FileDescriptor file(path, O_WRONLY);
      if (!file.is_open()) return errno == ENOENT;
      if (!file.write_synced(Key{})) return false;
    }
    return ::unlink(path.c_str()) == 0 && sync_directory(directory);
  }
};

SubjectKeys::SubjectKeys(std::unique_ptr<State> state) : state_(std::move(state)) {}
SubjectKeys::~SubjectKeys() = default;

boost::system::result<std::unique_ptr<SubjectKeys>, KeyStoreFailure> SubjectKeys::open_directory(
    fs::path directory) {
  if (sodium_init() < 0) return KeyStoreFailure{"libsodium can't be initialised"};
  std::error_code failure;
  if (fs::create_directories(directory, failure)) ::chmod(directory.c_str(), S_IRWXU);
  if (failure || ::access(directory.c_str(), R_OK | W_OK | X_OK) != 0)
    return KeyStoreFailure{fmt::format("the key store {} can't be used: {}", directory.string(),
                                       failure ? failure.message() : std::strerror(errno))};
  auto state = std::make_unique<State>();
  state->directory = std::move(directory);
  return std::unique_ptr<SubjectKeys>(new SubjectKeys(std::move(state)));
}

std::unique_ptr<SubjectKeys> SubjectKeys::in_memory() {
  if (sodium_init() < 0) throw std::runtime_error("libsodium can't be initialised");
  return std::unique_ptr<SubjectKeys>(new SubjectKeys(std::make_unique<State>()));
}

std::optional<Sealed> SubjectKeys::seal(std::string_view subject, std::string_view plaintext) {
  const std::string name(subject);
  auto key = state_->cached(name);
  if (!key) {
    const std::lock_guard lock(state_->files_mutex);
    key = state_->find(name);
    if (!key) key = state_->create(name);
  }
  if (!key) return std::nullopt;
  return seal_with(*key, subject, plaintext);
}

std::optional<Sealed> SubjectKeys::seal_known(std::string_view subject,
                                              std::string_view plaintext) {
  auto key = state_->known(std::string(subject));
  if (!key) return std::nullopt;
  return seal_with(*key, subject, plaintext);
}

std::optional<std::string> SubjectKeys::open(const Sealed& sealed) const {
  if (sealed.box.size() < nonce_size + tag_size) return std::nullopt;
  auto key = state_->known(sealed.subject);
  if (!key) return std::nullopt;
  std::string plaintext(sealed.box.size() - nonce_size - tag_size, '\0');
  const auto* const nonce = bytes(sealed.box);
  const bool opened = crypto_aead_xchacha20poly1305_ietf_decrypt(
                          reinterpret_cast<unsigned char*>(plaintext.data()), nullptr, nullptr,
                          nonce + nonce_size, sealed.box.size() - nonce_size, bytes(sealed.subject),
                          sealed.subject.size(), nonce, key->data()) == 0;
  sodium_memzero(key->data(), key_size);
  if (!opened) return std::nullopt;
  return plaintext;
}

bool SubjectKeys::erase(std::string_view subject) {
  const std::lock_guard lock(state_->files_mutex);
  return state_->erase(std::string(subject));
}

}  // namespace orrery
