#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/aicenter/files/upload_record.hpp"

namespace orrery::aicenter {

/// Writes on at the end of an upload; while it exists, nobody else does. What it has written counts
/// once `commit` says so, or every `commit_bytes` on the way. On one thread at a time.
class UploadWriter {
 public:
  /// How much a crash costs at most where nothing is to be checked.
  static constexpr std::uint64_t commit_bytes = 8u << 20;

  struct Place {
    /// Folder of the person's uploads.
    Descriptor uploads;
    std::string id;
    NewUpload upload;
    UploadProgress progress;
    std::chrono::seconds lifetime{};
    /// Puts the complete file where it belongs.
    std::function<FileResult<void>()> complete;
    /// Lets the next writer in; called at the end.
    std::function<void()> leave;
  };

  /// `part` is open for writing, and as long as the progress says.
  UploadWriter(Place place, Descriptor part);
  ~UploadWriter();
  UploadWriter(const UploadWriter&) = delete;
  UploadWriter& operator=(const UploadWriter&) = delete;

  /// These bytes count only together, and where they have this SHA-256 (raw). Before any byte.
  void expect(std::string sha256);

  FileResult<void> write(std::string_view bytes, Time now);

  /// All of the request has come. At the upload's end its file appears, checked.
  FileResult<UploadStatus> commit(Time now);

  /// The client has gone in the middle: what came counts as far as nothing was to be checked.
  void interrupt(Time now);

 private:
  FileResult<void> keep(Time now);
  FileResult<void> finish(Time now);
  FileResult<void> refuse_whole(Time now);

  Place place_;
  Descriptor part_;
  UploadProgress written_;
  std::optional<std::string> expected_;
  crypto_hash_sha256_state piece_{};
};

}  // namespace orrery::aicenter
