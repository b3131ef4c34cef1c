#pragma once

#include <atomic>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include <boost/asio/thread_pool.hpp>

#include "http/aicenter/files/file_store.hpp"
#include "http/aicenter/files/upload_record.hpp"
#include "projections/runtime/string_map.hpp"

namespace orrery::aicenter {

struct FileStore::State {
  explicit State(FileStoreConfiguration settings);

  /// A person's folder, and that of his uploads; made where absent.
  FileResult<Descriptor> home_of(std::string_view user) const;
  FileResult<Descriptor> uploads_of(std::string_view user) const;

  /// Takes the room for it, and writes down what it is.
  FileResult<UploadStatus> create(std::string_view user, int uploads_folder, const std::string& id,
                                  const NewUpload& upload, std::uint64_t quota_bytes, Time now);
  /// Of an upload that is neither dropped nor expired. `uploads_folder`: the person's.
  FileResult<UploadStatus> status(int uploads_folder, const std::string& id, Time now) const;
  /// Of those whose bytes aren't all in place.
  std::vector<std::string> open_ids(int uploads_folder) const;
  /// All three files of it.
  void drop(int uploads_folder, const std::string& id) const;

  /// What the person's folder holds, counted a moment ago at most.
  FileResult<DiskUse> file_use(std::string_view user, Time now);
  /// Whole lengths of the open uploads, and their number.
  std::pair<std::uint64_t, std::size_t> upload_use(int uploads_folder, Time now) const;

  /// False while somebody writes this upload, or works on it.
  bool enter(std::string_view user, const std::string& id);
  void leave(std::string_view user, const std::string& id);
  /// Moves the complete file to where it belongs.
  FileResult<void> put_in_place(std::string_view user, int uploads_folder, const std::string& id,
                                const NewUpload& upload);

  FileStoreConfiguration configuration;
  Descriptor home, uploads;

  struct Counted {
    DiskUse use;
    Time counted_at{};
  };
  /// Guards what follows, and makes taking room one step.
  std::mutex mutex;
  StringMap<Counted> counted;
  /// "<user>/<id>" of uploads in somebody's hands.
  std::set<std::string, std::less<>> busy;

  std::atomic<std::size_t> job_count = 0;
  boost::asio::thread_pool threads;
};

}  // namespace orrery::aicenter
