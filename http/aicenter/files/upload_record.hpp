#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <sodium/crypto_hash_sha256.h>

#include "events/envelope.hpp"
#include "http/aicenter/files/file_problem.hpp"
#include "http/aicenter/files/file_store.hpp"

namespace orrery::aicenter {

/// An upload on disk is three files in the person's folder of uploads: `<id>.part` its bytes,
/// `<id>.progress` how many of them count, and `<id>.upload`, written last, what it is. Where the
/// part is gone, its file is in place.

/// How far an upload has come: what is written behind `offset_bytes` doesn't count.
struct UploadProgress {
  std::uint64_t offset_bytes = 0;
  /// When something came last, seconds since 1970.
  std::int64_t active_s = 0;
  /// SHA-256 of the bytes so far, so that nothing is read twice.
  crypto_hash_sha256_state hash{};
};

/// 32 hexadecimal digits in lower case: no other id is a file's name.
bool is_upload_id(std::string_view id);

/// False where the disk doesn't take it (`errno` says why). Durable when it returns.
bool write_progress(int uploads, const std::string& id, const UploadProgress& progress);
/// Nothing where there is none, or it was torn and both of its copies are lost.
std::optional<UploadProgress> read_progress(int uploads, const std::string& id);

bool write_upload(int uploads, const std::string& id, const NewUpload& upload);
std::optional<NewUpload> read_upload(int uploads, const std::string& id);

/// Names of its files.
std::string part_name(const std::string& id);
std::string progress_name(const std::string& id);
std::string upload_name(const std::string& id);

}  // namespace orrery::aicenter
