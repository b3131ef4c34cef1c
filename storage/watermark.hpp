#pragma once

#include <filesystem>
#include <memory>

#include <boost/system/result.hpp>

#include "storage/event_log.hpp"

namespace orrery {

/// How far the log is acknowledged: nothing at or below `position` may ever be missing.
struct Watermark {
  Position position = 0;
  /// Hash of the commit that ends at `position`.
  ChainHash hash{};

  bool operator==(const Watermark&) const = default;
};

/// The small file that vouches for the log (docs/formats/watermark.md): two slots, written in turns
/// and preallocated, each with a checksum; so a torn write leaves the one before. RocksDB alone
/// can't tell that acknowledged records are gone.
class WatermarkFile {
 public:
  enum class Error : std::uint8_t { missing, damaged, unusable };

  /// Creates the file with `watermark`, or replaces it at once. Durable on return.
  static bool create(const std::filesystem::path& path, const Watermark& watermark);

  static boost::system::result<std::unique_ptr<WatermarkFile>, Error> open(
      const std::filesystem::path& path, bool writable);

  ~WatermarkFile();
  WatermarkFile(const WatermarkFile&) = delete;
  WatermarkFile& operator=(const WatermarkFile&) = delete;

  const Watermark& current() const { return current_; }

  /// Durable on return. False: the outcome is unknown, and must not be tried again.
  bool write(const Watermark& watermark);

 private:
  explicit WatermarkFile(int descriptor) : descriptor_(descriptor) {}
  bool read_newest();

  int descriptor_;
  Watermark current_;
  std::uint64_t sequence_ = 0;
};

[[noreturn]] void throw_exception_from_error(const WatermarkFile::Error& error,
                                             const boost::source_location& location);

}  // namespace orrery
