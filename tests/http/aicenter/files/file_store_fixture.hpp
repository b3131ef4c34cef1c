#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include <sodium/crypto_hash_sha256.h>
#include <catch2/catch.hpp>

#include "http/aicenter/files/file_store.hpp"
#include "http/aicenter/files/upload_writer.hpp"
#include "tests/support/scratch_folder.hpp"

namespace orrery::aicenter {

inline std::string sha256_of(std::string_view bytes) {
  std::string digest(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(digest.data()),
                     reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  return digest;
}

/// A store in a directory of its own, which can be started again, and a clock that stands.
struct StoredFiles {
  static constexpr std::uint64_t quota = 1'000'000;

  FileStoreConfiguration configuration() const {
    return {directory.path() / "home", directory.path() / "uploads"};
  }
  void restart() {
    store.reset();
    store.emplace(configuration());
  }

  std::string upload_id(int number) const {
    auto id = std::to_string(number);
    return std::string(32 - id.size(), '0') + id;
  }
  FileResult<UploadStatus> create(const std::string& path, std::uint64_t size, int number = 1) {
    return store->create("kim", upload_id(number), {path, size, std::nullopt}, quota, now);
  }
  FileResult<UploadStatus> append(std::string_view bytes, std::uint64_t offset, int number = 1) {
    auto writer = store->append("kim", upload_id(number), offset, now);
    if (!writer) return writer.error();
    if (auto written = (*writer)->write(bytes, now); !written) return written.error();
    return (*writer)->commit(now);
  }
  FileResult<UploadStatus> status(int number = 1) {
    return store->status("kim", upload_id(number), now);
  }
  /// A whole file.
  void put(const std::string& path, std::string_view bytes, int number = 1) {
    REQUIRE(create(path, bytes.size(), number).has_value());
    if (!bytes.empty()) REQUIRE(append(bytes, 0, number)->is_complete);
  }

  std::filesystem::path home(std::string_view path = {}) const {
    return directory.path() / "home" / "kim" / path;
  }
  std::string content(std::string_view path) const {
    std::ifstream file(home(path), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  ScratchFolder directory;
  Time now{std::chrono::hours(500'000)};
  std::optional<FileStore> store{configuration()};
};

}  // namespace orrery::aicenter
