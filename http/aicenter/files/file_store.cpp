#include "http/aicenter/files/file_store.hpp"

#include <algorithm>
#include <cerrno>
#include <exception>
#include <memory>
#include <system_error>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <boost/asio/post.hpp>

#include "http/aicenter/files/beneath.hpp"
#include "http/aicenter/files/disk_use.hpp"
#include "http/aicenter/files/file_path.hpp"
#include "http/aicenter/files/file_store_state.hpp"
#include "storage/durable_directory.hpp"

namespace orrery::aicenter {
namespace {

constexpr unsigned folder_mode = 0700;
/// A count as old as that is good enough to refuse somebody.
constexpr std::chrono::seconds count_lifetime{10};
/// One answer's list.
constexpr std::size_t listed_count_max = 10'000;

Descriptor root_at(const std::filesystem::path& path) {
  if (!make_directories_durably(path, folder_mode))
    throw std::system_error(errno, std::generic_category(), path.string());
  Descriptor root(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!root) throw std::system_error(errno, std::generic_category(), path.string());
  return root;
}

FileResult<Descriptor> folder_of_user(int root, std::string_view user) {
  if (!is_file_name(user)) return FileProblem::name_is_not_allowed;
  return open_folder(root, std::string(user), true);
}

Time modified(const struct stat& found) {
  return Time(
      std::chrono::duration_cast<Time::duration>(std::chrono::seconds(found.st_mtim.tv_sec) +
                                                 std::chrono::nanoseconds(found.st_mtim.tv_nsec)));
}

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

FileEntry entry_of(std::string name, const struct stat& found) {
  const bool is_folder = S_ISDIR(found.st_mode);
  return {std::move(name), is_folder, is_folder ? 0 : static_cast<std::uint64_t>(found.st_size),
          modified(found)};
}

}  // namespace

FileStore::State::State(FileStoreConfiguration settings)
    : configuration(std::move(settings)),
      home(root_at(configuration.home)),
      uploads(root_at(configuration.uploads)),
      threads(configuration.thread_count) {}

FileResult<Descriptor> FileStore::State::home_of(std::string_view user) const {
  return folder_of_user(home.get(), user);
}

FileResult<Descriptor> FileStore::State::uploads_of(std::string_view user) const {
  return folder_of_user(uploads.get(), user);
}

FileResult<DiskUse> FileStore::State::file_use(std::string_view user, Time now) {
  {
    const std::scoped_lock lock(mutex);
    const auto found = counted.find(user);
    if (found != counted.end() && now - found->second.counted_at < count_lifetime &&
        now >= found->second.counted_at)
      return found->second.use;
  }
  const auto folder = home_of(user);
  if (!folder) return folder.error();
  const auto use = count_disk_use(folder->get());
  const std::scoped_lock lock(mutex);
  counted.insert_or_assign(std::string(user), Counted{use, now});
  return use;
}

FileStore::FileStore(FileStoreConfiguration configuration)
    : state_(std::make_unique<State>(std::move(configuration))) {}

FileStore::~FileStore() { state_->threads.join(); }

bool FileStore::run(std::function<void()> job) {
  if (state_->job_count.load() >= state_->configuration.job_count_max) return false;
  run_on(std::move(job));
  return true;
}

void FileStore::run_on(std::function<void()> job) {
  auto& state = *state_;
  state.job_count.fetch_add(1);
  boost::asio::post(state.threads, [&state, job = std::move(job)]() mutable {
    try {
      job();
    } catch (const std::exception&) {
      // Whoever waits for it is told by the responder that goes away unanswered: a 500.
    }
    job = nullptr;
    state.job_count.fetch_sub(1);
  });
}

std::filesystem::path FileStore::folder_of(std::string_view user) {
  (void)state_->home_of(user);
  return state_->configuration.home / user;
}

FileResult<std::vector<FileEntry>> FileStore::list(std::string_view user, std::string_view path) {
  const auto home = state_->home_of(user);
  if (!home) return home.error();
  const auto checked = path.empty() ? FileResult<std::string>("") : checked_path(path);
  if (!checked) return checked.error();
  auto opened = open_folder(home->get(), *checked);
  if (!opened) return opened.error();
  const std::unique_ptr<DIR, CloseFolder> folder(::fdopendir(opened->get()));
  if (!folder) return problem_of(errno);
  const int number = opened->release();
  std::vector<FileEntry> entries;
  while (const auto* entry = ::readdir(folder.get())) {
    struct stat found {};
    // What a job has called so that no path can name it isn't shown; nor are links and pipes.
    if (!is_file_name(entry->d_name) ||
        ::fstatat(number, entry->d_name, &found, AT_SYMLINK_NOFOLLOW) != 0 ||
        !(S_ISREG(found.st_mode) || S_ISDIR(found.st_mode)))
      continue;
    entries.push_back(entry_of(entry->d_name, found));
    if (entries.size() == listed_count_max) break;
  }
  std::ranges::sort(entries, {}, &FileEntry::name);
  return entries;
}

FileResult<OpenFile> FileStore::open(std::string_view user, std::string_view path) {
  const auto home = state_->home_of(user);
  if (!home) return home.error();
  const auto checked = checked_path(path);
  if (!checked) return checked.error();
  // Without O_NONBLOCK a pipe that a job has made would hold us until somebody writes to it.
  auto file = open_beneath(home->get(), *checked, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!file) return errno == ELOOP ? FileProblem::not_a_file : problem_of(errno);
  struct stat found {};
  if (::fstat(file.get(), &found) != 0) return problem_of(errno);
  if (!S_ISREG(found.st_mode)) return FileProblem::not_a_file;
  const auto size = static_cast<std::uint64_t>(found.st_size);
  auto tag = fmt::format("\"{:x}-{:x}-{:x}{:08x}\"", found.st_ino, size, found.st_mtim.tv_sec,
                         found.st_mtim.tv_nsec);
  return OpenFile{std::make_shared<const Descriptor>(std::move(file)), size, modified(found),
                  std::move(tag)};
}

FileResult<bool> FileStore::make_folder(std::string_view user, std::string_view path,
                                        std::uint64_t quota_bytes, Time now) {
  const auto home = state_->home_of(user);
  if (!home) return home.error();
  const auto checked = checked_path(path);
  if (!checked) return checked.error();
  if (open_folder(home->get(), *checked)) return false;
  const auto used = use(user, now);
  if (!used) return used.error();
  const auto depth = 1 + std::ranges::count(*checked, '/');
  const auto room = static_cast<std::uint64_t>(depth) * counted_bytes(0, 0);
  if (used->total() + room > quota_bytes) return FileProblem::quota_is_exceeded;
  const auto made = open_folder(home->get(), *checked, true);
  if (!made) return made.error();
  const std::scoped_lock lock(state_->mutex);
  if (const auto found = state_->counted.find(user); found != state_->counted.end())
    found->second.use.file_bytes += room;
  return true;
}

FileResult<void> FileStore::remove(std::string_view user, std::string_view path) {
  const auto home = state_->home_of(user);
  if (!home) return home.error();
  const auto checked = checked_path(path);
  if (!checked) return checked.error();
  const auto [above, name] = split_path(*checked);
  const auto folder = open_folder(home->get(), above);
  if (!folder) return folder.error();
  if (::unlinkat(folder->get(), name.c_str(), 0) != 0 &&
      (errno != EISDIR || ::unlinkat(folder->get(), name.c_str(), AT_REMOVEDIR) != 0))
    return problem_of(errno);
  ::fsync(folder->get());
  // Freed room is there at once.
  const std::scoped_lock lock(state_->mutex);
  if (const auto found = state_->counted.find(user); found != state_->counted.end())
    state_->counted.erase(found);
  return {};
}

FileResult<DiskUse> FileStore::use(std::string_view user, Time now) {
  auto use = state_->file_use(user, now);
  if (!use) return use;
  const auto uploads = state_->uploads_of(user);
  if (!uploads) return uploads.error();
  use->upload_bytes = state_->upload_use(uploads->get(), now).first;
  return use;
}

void FileStore::erase(std::string_view user) {
  if (!is_file_name(user)) return;
  // Follows no links, and takes no notice of who is busy: nobody is to have anything any more.
  for (const auto& root : {state_->configuration.home, state_->configuration.uploads}) {
    std::error_code ignored;
    std::filesystem::remove_all(root / user, ignored);
  }
  const std::scoped_lock lock(state_->mutex);
  if (const auto found = state_->counted.find(user); found != state_->counted.end())
    state_->counted.erase(found);
}

}  // namespace orrery::aicenter
