#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/system/result.hpp>

#include "events/sealed.hpp"

namespace orrery {

/// Why the key store can't be used, as a sentence.
struct KeyStoreFailure {
  std::string message;
};
[[noreturn]] void throw_exception_from_error(const KeyStoreFailure& failure,
                                             const boost::source_location& location);

/// The keys under which personal data is sealed (docs/formats/subject-keys.md): one random key per
/// person, outside the log. Erasing a key erases the person from every event at once, while the log
/// and its hashes stay as they are. XChaCha20-Poly1305 of libsodium. Any thread.
class SubjectKeys {
 public:
  /// Keys as files (mode 0600) below `directory`, which is created with mode 0700.
  static boost::system::result<std::unique_ptr<SubjectKeys>, KeyStoreFailure> open_directory(
      std::filesystem::path directory);

  /// Keys that live as long as the object: for simulation and tests.
  static std::unique_ptr<SubjectKeys> in_memory();

  ~SubjectKeys();

  /// Seals `plaintext` under the key of `subject`. A new subject's key is durable before this
  /// returns, so no event can outlive the key it needs. The same plaintext of the same subject
  /// gives the same box, so that a retried command is the same command. nullopt: the key can't be
  /// stored.
  std::optional<Sealed> seal(std::string_view subject, std::string_view plaintext);

  /// The same for a subject that has a key; nullopt where it has none (any more), so that what
  /// comes too late doesn't bring an erased person back.
  std::optional<Sealed> seal_known(std::string_view subject, std::string_view plaintext);

  /// The plaintext; nullopt where the subject was erased or the box was changed.
  std::optional<std::string> open(const Sealed& sealed) const;

  /// Destroys the key of `subject`: what was sealed under it is gone for good. True where the key
  /// is gone for certain on return, also when there was none.
  bool erase(std::string_view subject);

 private:
  struct State;
  explicit SubjectKeys(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace orrery
