#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/envelope.hpp"
#include "http/aicenter/files/file_problem.hpp"
#include "storage/descriptor.hpp"

namespace orrery::aicenter {

class UploadWriter;

struct FileStoreConfiguration {
  /// Each person's folder is <home>/<login name>; jobs of the person run there. Made where absent.
  std::filesystem::path home;
  /// Uploads that aren't complete yet. On the same file system as `home`. Made where absent.
  std::filesystem::path uploads;
  /// An upload that got nothing for so long is dropped.
  std::chrono::seconds upload_lifetime{7 * 24 * 3600};
  /// Uploads that one person may have open.
  std::size_t upload_count_max = 64;
  /// What works on files; threads that serve requests never do.
  unsigned thread_count = 2;
  /// Pieces of work waiting or running; one more is refused.
  std::size_t job_count_max = 256;
};

/// What a person has where nobody has said otherwise (`CenterLimits::quota_bytes`).
inline constexpr std::uint64_t quota_bytes_default = 100'000'000'000;

struct FileEntry {
  std::string name;
  bool is_folder = false;
  /// Of a file.
  std::uint64_t size_bytes = 0;
  Time modified_at{};
};

/// What one person has, as it counts against the quota.
struct DiskUse {
  /// Each file with its length or with what it takes on the disk, whichever is more; 4 KiB for
  /// every file and folder at least. So holes hide nothing, and empty files aren't free.
  std::uint64_t file_bytes = 0;
  /// Whole lengths of the uploads that are open: their room is theirs already.
  std::uint64_t upload_bytes = 0;
  std::uint64_t entry_count = 0;

  std::uint64_t total() const { return file_bytes + upload_bytes; }
};

struct NewUpload {
  /// Where the file will stand, from the person's folder on; see `checked_path`.
  std::string path;
  std::uint64_t size_bytes = 0;
  /// Of the whole file, raw; the file appears only where its bytes have it.
  std::optional<std::string> sha256;
};

struct UploadStatus {
  std::string id;
  NewUpload upload;
  /// Bytes that are there for good.
  std::uint64_t offset_bytes = 0;
  Time expires_at{};
  /// The file is in its place; the upload is kept so long only to say so to who asks again.
  bool is_complete = false;
};

/// A file that stays open while it is sent.
struct OpenFile {
  std::shared_ptr<const Descriptor> descriptor;
  std::uint64_t size_bytes = 0;
  Time modified_at{};
  /// Changes when the file does.
  std::string entity_tag;
};

/// Files of the center's people: what is in each one's folder, and what is on its way there. They
/// are bytes on a disk, no events. Whatever stands in a folder (its owner's jobs write there), a
/// path never leads out of it: it is opened beneath the folder, and symbolic links are not
/// followed. Nothing is ever unpacked or run. Thread-safe; all but `run` and `run_on` block on
/// the disk.
class FileStore {
 public:
  /// Makes the folders. Throws `std::system_error` where it can't.
  explicit FileStore(FileStoreConfiguration configuration);
  /// Finishes the work that it has taken.
  ~FileStore();

  /// Runs `job` on a thread of the store. False, and never run, where too much is waiting.
  bool run(std::function<void()> job);

  /// The same for work that has begun, and has at most one piece waiting: it is never refused.
  void run_on(std::function<void()> job);

  /// The folder of a person, made where absent: where his jobs run.
  std::filesystem::path folder_of(std::string_view user);

  /// By name. `path` is empty for the person's folder itself.
  FileResult<std::vector<FileEntry>> list(std::string_view user, std::string_view path);
  FileResult<OpenFile> open(std::string_view user, std::string_view path);
  /// With the folders above it. False where it was there already.
  FileResult<bool> make_folder(std::string_view user, std::string_view path,
                               std::uint64_t quota_bytes, Time now);
  /// A file, a symbolic link (never what it points to), or an empty folder.
  FileResult<void> remove(std::string_view user, std::string_view path);
  /// Walks through all that the person has, unless that was done a moment ago.
  FileResult<DiskUse> use(std::string_view user, Time now);

  /// Takes the room for it. `id`: 32 hexadecimal digits that nobody can guess. Where the person has
  /// that upload already, the same again is no other. An upload of no bytes is complete at once.
  FileResult<UploadStatus> create(std::string_view user, const std::string& id, NewUpload upload,
                                  std::uint64_t quota_bytes, Time now);
  FileResult<UploadStatus> status(std::string_view user, std::string_view id, Time now);
  FileResult<std::vector<UploadStatus>> uploads(std::string_view user, Time now);
  /// To write on at `offset_bytes`, where the upload must stand. One writer at a time.
  FileResult<std::unique_ptr<UploadWriter>> append(std::string_view user, std::string_view id,
                                                   std::uint64_t offset_bytes, Time now);
  FileResult<void> terminate(std::string_view user, std::string_view id);

  /// Drops what has expired. Once an hour is enough: an expired upload is told to nobody.
  void expire(Time now);
  /// All of a person: who was erased leaves no files.
  void erase(std::string_view user);

 private:
  struct State;

  std::unique_ptr<State> state_;
};

}  // namespace orrery::aicenter
