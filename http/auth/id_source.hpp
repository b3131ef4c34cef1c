#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

namespace orrery {

/// Where the edge draws identities and secrets from. Nothing behind the edge draws any: ids travel
/// in commands and stand in events. Every implementation may be asked from any thread.
class IdSource {
 public:
  virtual ~IdSource() = default;

  /// Fills `out` with random bytes.
  virtual void fill(std::span<std::uint8_t> out) = 0;

  /// A version 4 UUID in lower case.
  std::string uuid();
  /// `byte_count` random bytes as upper-case hexadecimal, as in serial numbers.
  std::string upper_hex(std::size_t byte_count);
  /// A locally administered unicast MAC address, "xx:xx:xx:xx:xx:xx".
  std::string mac_address();
};

/// The operating system's generator, through libsodium.
class SystemIdSource : public IdSource {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

using IdSeed = std::array<std::uint8_t, 32>;

/// The same bytes in the same order for the same seed (ChaCha20). For tests and simulation, and for
/// ids that a retried request has to draw again exactly.
class SeededIdSource : public IdSource {
 public:
  explicit SeededIdSource(const IdSeed& seed) : seed_(seed) {}
  /// For tests: a seed made of a small number.
  explicit SeededIdSource(std::uint64_t number);
  void fill(std::span<std::uint8_t> out) override;

 private:
  IdSeed seed_{};
  std::mutex mutex_;
  std::uint64_t block_ = 0;
};

}  // namespace orrery
