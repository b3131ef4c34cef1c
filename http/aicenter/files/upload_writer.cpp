#include "http/aicenter/files/upload_writer.hpp"

#include <cerrno>
#include <utility>

#include <sodium/crypto_hash_sha256.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http/aicenter/files/beneath.hpp"

namespace orrery::aicenter {
namespace {

std::string digest_of(crypto_hash_sha256_state state) {
  std::string digest(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256_final(&state, reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

void add(crypto_hash_sha256_state& state, std::string_view bytes) {
  crypto_hash_sha256_update(&state, reinterpret_cast<const unsigned char*>(bytes.data()),
                            bytes.size());
}

std::int64_t seconds(Time time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace

UploadWriter::UploadWriter(Place place, Descriptor part)
    : place_(std::move(place)), part_(std::move(part)), written_(place_.progress) {}

UploadWriter::~UploadWriter() { place_.leave(); }

void UploadWriter::expect(std::string sha256) {
  expected_ = std::move(sha256);
  crypto_hash_sha256_init(&piece_);
}

FileResult<void> UploadWriter::write(std::string_view bytes, Time now) {
  if (bytes.size() > place_.upload.size_bytes - written_.offset_bytes)
    return FileProblem::upload_is_too_long;
  for (std::size_t done = 0; done < bytes.size();) {
    const auto written = ::pwrite(part_.get(), bytes.data() + done, bytes.size() - done,
                                  static_cast<off_t>(written_.offset_bytes + done));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return problem_of(errno);
    done += static_cast<std::size_t>(written);
  }
  written_.offset_bytes += bytes.size();
  add(written_.hash, bytes);
  if (expected_) add(piece_, bytes);
  if (!expected_ && written_.offset_bytes - place_.progress.offset_bytes >= commit_bytes)
    return keep(now);
  return {};
}

/// The bytes first, then that they count. All of them never do before the file is in its place: who
/// is told of the whole length sends nothing more.
FileResult<void> UploadWriter::keep(Time now) {
  if (written_.offset_bytes == place_.upload.size_bytes) return {};
  if (::fdatasync(part_.get()) != 0) return problem_of(errno);
  written_.active_s = seconds(now);
  if (!write_progress(place_.uploads.get(), place_.id, written_)) return problem_of(errno);
  place_.progress = written_;
  return {};
}

FileResult<UploadStatus> UploadWriter::commit(Time now) {
  if (expected_ && digest_of(piece_) != *expected_) return FileProblem::checksum_does_not_match;
  const bool is_complete = written_.offset_bytes == place_.upload.size_bytes;
  if (auto done = is_complete ? finish(now) : keep(now); !done) return done.error();
  return UploadStatus{place_.id, place_.upload, written_.offset_bytes, now + place_.lifetime,
                      is_complete};
}

FileResult<void> UploadWriter::finish(Time now) {
  if (place_.upload.sha256 && digest_of(written_.hash) != *place_.upload.sha256)
    return refuse_whole(now);
  if (::fdatasync(part_.get()) != 0) return problem_of(errno);
  if (auto placed = place_.complete(); !placed) return placed;
  // Since when it is complete; without it that is forgotten the sooner.
  written_.active_s = seconds(now);
  write_progress(place_.uploads.get(), place_.id, written_);
  return {};
}

/// Bytes were wrong from the client on: it begins again.
FileResult<void> UploadWriter::refuse_whole(Time now) {
  written_ = {};
  crypto_hash_sha256_init(&written_.hash);
  if (auto kept = keep(now); !kept) return kept;
  return FileProblem::checksum_does_not_match;
}

void UploadWriter::interrupt(Time now) {
  // A disk that fails is told to whoever asks next.
  if (!expected_ && written_.offset_bytes > place_.progress.offset_bytes) (void)keep(now);
}

}  // namespace orrery::aicenter
