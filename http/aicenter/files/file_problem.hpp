#pragma once

#include <cstdint>

#include <boost/assert/source_location.hpp>
#include <boost/describe.hpp>
#include <boost/system/result.hpp>

namespace orrery::aicenter {

/// Why something can't be done with a person's files.
enum class FileProblem : std::uint8_t {
  /// Empty, ".", "..", too long, no UTF-8, or with control characters.
  name_is_not_allowed,
  path_does_not_exist,
  path_exists_already,
  /// A file where a folder is needed, or something that is no file: a device, a pipe, a link.
  not_a_folder,
  not_a_file,
  folder_is_not_empty,
  quota_is_exceeded,
  too_many_uploads,
  upload_does_not_exist,
  /// It was there, and is dropped or done.
  upload_is_gone,
  /// The upload stands elsewhere than the client thinks.
  offset_does_not_match,
  /// Somebody else is writing at this moment.
  upload_is_busy,
  /// More bytes than were announced.
  upload_is_too_long,
  checksum_does_not_match,
  disk_is_full,
  /// The disk fails.
  disk_failed,
};
BOOST_DESCRIBE_ENUM(FileProblem, name_is_not_allowed, path_does_not_exist, path_exists_already,
                    not_a_folder, not_a_file, folder_is_not_empty, quota_is_exceeded,
                    too_many_uploads, upload_does_not_exist, upload_is_gone, offset_does_not_match,
                    upload_is_busy, upload_is_too_long, checksum_does_not_match, disk_is_full,
                    disk_failed)

template <class T>
using FileResult = boost::system::result<T, FileProblem>;

[[noreturn]] void throw_exception_from_error(const FileProblem& problem,
                                             const boost::source_location& location);

}  // namespace orrery::aicenter
