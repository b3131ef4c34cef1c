#include "drivers/runs/run_directory.hpp"

#include <array>
#include <cerrno>
#include <charconv>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "drivers/runs/record_file.hpp"
#include "storage/durable_directory.hpp"

namespace orrery {
namespace {

constexpr auto reported_mark = "reported";

std::string_view mark_of(ServiceStage stage) {
  switch (stage) {
    case ServiceStage::building:
      return "stage.building";
    case ServiceStage::starting:
      return "stage.starting";
    case ServiceStage::running:
      break;
  }
  return "stage.running";
}

void touch(const std::filesystem::path& file) {
  const Descriptor made(::open(
      file.c_str(), O_CREAT | O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, S_IRUSR | S_IWUSR));
}

/// Open-file-description locks: they belong to the descriptor, whichever process has it.
struct flock whole_file() {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

}  // namespace

RunDirectory RunDirectory::of(const std::filesystem::path& parent, std::string_view service_id,
                              std::uint64_t fence) {
  return RunDirectory(parent / fmt::format("{}.{}", service_id, fence));
}

std::optional<RunDirectory::Name> RunDirectory::name_of(const std::filesystem::path& path) {
  const auto name = path.filename().string();
  const auto dot = name.rfind('.');
  if (dot == std::string::npos || dot == 0) return std::nullopt;
  Name result{name.substr(0, dot), 0};
  const auto* end = name.data() + name.size();
  const auto [read, failure] = std::from_chars(name.data() + dot + 1, end, result.fence);
  if (failure != std::errc{} || read != end) return std::nullopt;
  return result;
}

std::filesystem::path RunDirectory::log(std::string_view stream) const {
  return path_ / fmt::format("{}.log", stream);
}

bool RunDirectory::make() const {
  if (!make_directories_durably(path_, S_IRWXU)) return false;
  return ::mkdir(work().c_str(), S_IRWXU) == 0 || errno == EEXIST;
}

std::optional<LaunchPlan> RunDirectory::launch() const {
  return read_record<LaunchPlan>(path_ / "launch.json");
}
std::optional<ProcessRecord> RunDirectory::process() const {
  return read_record<ProcessRecord>(path_ / "process.json");
}
std::optional<StopRecord> RunDirectory::stop() const {
  return read_record<StopRecord>(path_ / "stop.json");
}
std::optional<ExitRecord> RunDirectory::exit() const {
  return read_record<ExitRecord>(path_ / "exit.json");
}

std::optional<SignalRecord> RunDirectory::signal() const {
  return read_record<SignalRecord>(path_ / "signal.json");
}

void RunDirectory::withdraw_launch() const { ::unlink((path_ / "launch.json").c_str()); }

bool RunDirectory::has_begun() const { return has_entry(path_ / "process.json"); }
bool RunDirectory::has_ended() const { return has_entry(path_ / "exit.json"); }

bool RunDirectory::write(const LaunchPlan& plan) const {
  return write_record(path_ / "launch.json", plan);
}
bool RunDirectory::write(const ProcessRecord& process) const {
  return write_record(path_ / "process.json", process);
}
bool RunDirectory::write(const StopRecord& stop) const {
  return write_record(path_ / "stop.json", stop);
}
bool RunDirectory::write(const ExitRecord& exit) const {
  return write_first_record(path_ / "exit.json", exit);
}

bool RunDirectory::write(const SignalRecord& signal) const {
  return write_record(path_ / "signal.json", signal);
}

void RunDirectory::mark(ServiceStage stage) const { touch(path_ / mark_of(stage)); }
bool RunDirectory::is_marked(ServiceStage stage) const { return has_entry(path_ / mark_of(stage)); }
void RunDirectory::mark_reported() const { touch(path_ / reported_mark); }
bool RunDirectory::is_reported() const {
  return ::access((path_ / reported_mark).c_str(), F_OK) == 0;
}

boost::system::result<Descriptor> RunDirectory::try_lock() const {
  namespace sys = boost::system;
  Descriptor lock(::open((path_ / "lock").c_str(),
                         O_CREAT | O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
                         S_IRUSR | S_IWUSR));
  if (!lock) return sys::error_code(errno, sys::generic_category());
  auto wish = whole_file();
  if (::fcntl(lock.get(), F_OFD_SETLK, &wish) == 0) return lock;
  if (errno == EACCES || errno == EAGAIN)
    return sys::errc::make_error_code(sys::errc::resource_unavailable_try_again);
  return sys::error_code(errno, sys::generic_category());
}

std::optional<Descriptor> RunDirectory::take_lock() const {
  auto lock = try_lock();
  return lock ? std::optional(std::move(*lock)) : std::nullopt;
}

bool RunDirectory::is_locked() const {
  const Descriptor lock(
      ::open((path_ / "lock").c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  auto wish = whole_file();
  if (!lock || ::fcntl(lock.get(), F_OFD_GETLK, &wish) != 0) return false;
  return wish.l_type != F_UNLCK;
}

}  // namespace orrery
