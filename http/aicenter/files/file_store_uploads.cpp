#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "http/aicenter/files/beneath.hpp"
#include "http/aicenter/files/disk_use.hpp"
#include "http/aicenter/files/file_path.hpp"
#include "http/aicenter/files/file_store_state.hpp"
#include "http/aicenter/files/upload_writer.hpp"

namespace orrery::aicenter {
namespace {

/// How long it is told that an upload is complete, to a client who has lost that answer.
constexpr std::chrono::seconds complete_upload_lifetime{3600};

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

std::int64_t seconds(Time time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

/// Names in a folder of uploads.
std::vector<std::string> names_in(int folder) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, CloseFolder> opened(
      ::fdopendir(::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
  while (const auto* entry = opened ? ::readdir(opened.get()) : nullptr)
    names.emplace_back(entry->d_name);
  return names;
}

bool exists(int folder, const std::string& name) {
  return ::faccessat(folder, name.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

std::string busy_name(std::string_view user, const std::string& id) {
  return std::string(user) + '/' + id;
}

bool is_same(const NewUpload& left, const NewUpload& right) {
  return left.path == right.path && left.size_bytes == right.size_bytes &&
         left.sha256 == right.sha256;
}

}  // namespace

bool FileStore::State::enter(std::string_view user, const std::string& id) {
  const std::scoped_lock lock(mutex);
  return busy.insert(busy_name(user, id)).second;
}

void FileStore::State::leave(std::string_view user, const std::string& id) {
  const std::scoped_lock lock(mutex);
  busy.erase(busy_name(user, id));
}

FileResult<UploadStatus> FileStore::State::status(int uploads_folder, const std::string& id,
                                                  Time now) const {
  if (!is_upload_id(id)) return FileProblem::upload_does_not_exist;
  const auto upload = read_upload(uploads_folder, id);
  if (!upload) return FileProblem::upload_does_not_exist;
  const auto progress = read_progress(uploads_folder, id).value_or(UploadProgress{});
  UploadStatus status{id, *upload, progress.offset_bytes, {}, false};
  status.is_complete = !exists(uploads_folder, part_name(id));
  if (status.is_complete) status.offset_bytes = upload->size_bytes;
  const auto lifetime =
      status.is_complete ? complete_upload_lifetime : configuration.upload_lifetime;
  status.expires_at = Time(std::chrono::seconds(progress.active_s)) + lifetime;
  if (status.expires_at <= now) return FileProblem::upload_is_gone;
  return status;
}

std::vector<std::string> FileStore::State::open_ids(int uploads_folder) const {
  std::vector<std::string> ids;
  for (const auto& name : names_in(uploads_folder)) {
    const auto id = name.substr(0, name.find('.'));
    if (name == part_name(id) && is_upload_id(id)) ids.push_back(id);
  }
  std::ranges::sort(ids);
  return ids;
}

std::pair<std::uint64_t, std::size_t> FileStore::State::upload_use(int uploads_folder,
                                                                   Time now) const {
  std::pair<std::uint64_t, std::size_t> use{};
  for (const auto& id : open_ids(uploads_folder)) {
    const auto found = status(uploads_folder, id, now);
    if (!found || found->is_complete) continue;
    use.first += counted_bytes(found->upload.size_bytes, 0);
    ++use.second;
  }
  return use;
}

void FileStore::State::drop(int uploads_folder, const std::string& id) const {
  // What it is goes first: without that, the rest is swept up whenever.
  for (const auto& name : {upload_name(id), part_name(id), progress_name(id)})
    ::unlinkat(uploads_folder, name.c_str(), 0);
}

FileResult<void> FileStore::State::put_in_place(std::string_view user, int uploads_folder,
                                                const std::string& id, const NewUpload& upload) {
  const auto root = home_of(user);
  if (!root) return root.error();
  const auto [above, name] = split_path(upload.path);
  const auto folder = open_folder(root->get(), above, true);
  if (!folder) return folder.error();
  const std::scoped_lock lock(mutex);
  if (::renameat(uploads_folder, part_name(id).c_str(), folder->get(), name.c_str()) != 0)
    return errno == EISDIR ? FileProblem::path_exists_already : problem_of(errno);
  ::fsync(folder->get());
  ::fsync(uploads_folder);
  if (const auto found = counted.find(user); found != counted.end())
    found->second.use.file_bytes += counted_bytes(upload.size_bytes, 0);
  return {};
}

FileResult<UploadStatus> FileStore::create(std::string_view user, const std::string& id,
                                           NewUpload upload, std::uint64_t quota_bytes, Time now) {
  auto& state = *state_;
  const auto path = checked_path(upload.path);
  if (!path) return path.error();
  const auto uploads = state.uploads_of(user);
  if (!uploads) return uploads.error();
  if (!is_upload_id(id)) return FileProblem::upload_does_not_exist;
  if (!state.enter(user, id)) return FileProblem::upload_is_busy;
  auto created = state.create(user, uploads->get(), id, upload, quota_bytes, now);
  state.leave(user, id);
  if (!created || upload.size_bytes > 0 || created->is_complete) return created;
  auto writer = append(user, id, 0, now);
  return writer ? (*writer)->commit(now) : writer.error();
}

FileResult<UploadStatus> FileStore::State::create(std::string_view user, int uploads_folder,
                                                  const std::string& id, const NewUpload& upload,
                                                  std::uint64_t quota_bytes, Time now) {
  if (const auto before = status(uploads_folder, id, now)) {
    if (is_same(before->upload, upload)) return before;
    return FileProblem::path_exists_already;
  }
  const auto root = home_of(user);
  if (!root) return root.error();
  if (open_folder(root->get(), upload.path)) return FileProblem::path_exists_already;
  const auto use = file_use(user, now);
  if (!use) return use.error();
  const std::scoped_lock lock(mutex);
  const auto [upload_bytes, upload_count] = upload_use(uploads_folder, now);
  if (upload_count >= configuration.upload_count_max) return FileProblem::too_many_uploads;
  // As of now: another upload may have become a file since.
  const auto found = counted.find(user);
  const auto file_bytes = (found == counted.end() ? *use : found->second.use).file_bytes;
  // Nothing overflows: each summand is below half of what there is.
  if (upload.size_bytes > quota_bytes ||
      counted_bytes(upload.size_bytes, 0) + upload_bytes + file_bytes > quota_bytes)
    return FileProblem::quota_is_exceeded;
  UploadProgress progress;
  progress.active_s = seconds(now);
  crypto_hash_sha256_init(&progress.hash);
  const Descriptor part(::openat(uploads_folder, part_name(id).c_str(),
                                 O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!part || !write_progress(uploads_folder, id, progress) ||
      !write_upload(uploads_folder, id, upload))
    return problem_of(errno);
  return status(uploads_folder, id, now);
}

FileResult<UploadStatus> FileStore::status(std::string_view user, std::string_view id, Time now) {
  const auto uploads = state_->uploads_of(user);
  if (!uploads) return uploads.error();
  return state_->status(uploads->get(), std::string(id), now);
}

FileResult<std::vector<UploadStatus>> FileStore::uploads(std::string_view user, Time now) {
  const auto folder = state_->uploads_of(user);
  if (!folder) return folder.error();
  std::vector<UploadStatus> open;
  for (const auto& id : state_->open_ids(folder->get()))
    if (auto found = state_->status(folder->get(), id, now); found && !found->is_complete)
      open.push_back(std::move(*found));
  return open;
}

FileResult<std::unique_ptr<UploadWriter>> FileStore::append(std::string_view user,
                                                            std::string_view upload_id,
                                                            std::uint64_t offset_bytes, Time now) {
  auto& state = *state_;
  const std::string id(upload_id);
  auto uploads = state.uploads_of(user);
  if (!uploads) return uploads.error();
  if (!is_upload_id(id)) return FileProblem::upload_does_not_exist;
  if (!state.enter(user, id)) return FileProblem::upload_is_busy;
  std::shared_ptr<void> entered(
      nullptr, [&state, id, who = std::string(user)](void*) { state.leave(who, id); });
  auto status = state.status(uploads->get(), id, now);
  if (!status) return status.error();
  if (status->offset_bytes != offset_bytes) return FileProblem::offset_does_not_match;
  if (status->is_complete) return FileProblem::upload_is_gone;
  const auto progress = read_progress(uploads->get(), id);
  Descriptor part(
      ::openat(uploads->get(), part_name(id).c_str(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!part || !progress) return FileProblem::upload_is_gone;
  // What a crash has left behind the progress was told to nobody.
  if (::ftruncate(part.get(), static_cast<off_t>(offset_bytes)) != 0) return problem_of(errno);
  const int folder = uploads->get();
  UploadWriter::Place place{std::move(*uploads),
                            id,
                            status->upload,
                            *progress,
                            state.configuration.upload_lifetime,
                            {},
                            {}};
  place.complete = [&state, folder, id, who = std::string(user), upload = status->upload] {
    return state.put_in_place(who, folder, id, upload);
  };
  place.leave = [entered = std::move(entered)]() mutable { entered.reset(); };
  return std::make_unique<UploadWriter>(std::move(place), std::move(part));
}

FileResult<void> FileStore::terminate(std::string_view user, std::string_view upload_id) {
  const std::string id(upload_id);
  const auto uploads = state_->uploads_of(user);
  if (!uploads) return uploads.error();
  if (!is_upload_id(id) || !read_upload(uploads->get(), id))
    return FileProblem::upload_does_not_exist;
  if (!state_->enter(user, id)) return FileProblem::upload_is_busy;
  state_->drop(uploads->get(), id);
  state_->leave(user, id);
  return {};
}

void FileStore::expire(Time now) {
  for (const auto& user : names_in(state_->uploads.get())) {
    if (user.starts_with('.')) continue;
    const auto folder = state_->uploads_of(user);
    if (!folder) continue;
    for (const auto& name : names_in(folder->get())) {
      const auto id = name.substr(0, name.find('.'));
      if (!is_upload_id(id) || !state_->enter(user, id)) continue;
      if (!state_->status(folder->get(), id, now)) {
        state_->drop(folder->get(), id);
        ::unlinkat(folder->get(), name.c_str(), 0);
      }
      state_->leave(user, id);
    }
  }
}

}  // namespace orrery::aicenter
