#include "cli/fork_directory.hpp"

#include <fmt/format.h>

#include "cli/data_directory.hpp"
#include "storage/rocksdb/rocksdb_event_log.hpp"

namespace orrery {
namespace {

namespace fs = std::filesystem;

boost::system::result<LogCopy, ForkFailure> write_log(
    const EventLog& original, const ForkDirectoryWish& wish, const fs::path& data,
    const std::function<void(Position)>& progress) {
  RocksDbOptions options;
  options.directory = log_directory(data);
  auto log = open_rocksdb_event_log(options);
  if (!log) return ForkFailure{log.error().message};
  auto copy = copy_log(original, wish.position, **log, progress);
  if (!copy) return copy.error();
  if (const auto marked = mark_fork(*copy, wish.reason, **log); !marked) return marked.error();
  if (const auto paused = pause_webhooks(*copy, **log); !paused) return paused.error();
  return *copy;
}

boost::system::result<void, ForkFailure> copy_keys(const fs::path& from, const fs::path& data) {
  std::error_code error;
  const auto copy = [&](const fs::path& source, const fs::path& target) {
    if (!error && fs::exists(source)) fs::copy(source, target, fs::copy_options::recursive, error);
  };
  copy(keys_directory(from), keys_directory(data));
  copy(edge_key_file(from), edge_key_file(data));
  copy(operator_key_file(from), operator_key_file(data));
  if (error) return ForkFailure{fmt::format("the keys cannot be copied: {}", error.message())};
  return {};
}

}  // namespace

boost::system::result<LogCopy, ForkFailure> make_fork_directory(
    const EventLog& original, const ForkDirectoryWish& wish,
    const std::function<void(Position)>& progress) {
  if (fs::exists(wish.into))
    return ForkFailure{
        fmt::format("{} is there already; name a directory that isn't", wish.into.string())};
  const auto into = wish.into.has_filename() ? wish.into : wish.into.parent_path();
  const fs::path unfinished = into.string() + ".unfinished";
  if (fs::exists(unfinished))
    return ForkFailure{
        fmt::format("{} is left of an earlier fork; remove it", unfinished.string())};
  if (const auto made = make_data_directory(unfinished); !made)
    return ForkFailure{made.error().message};
  auto copy = write_log(original, wish, unfinished, progress);
  if (copy && wish.with_keys)
    if (const auto keys = copy_keys(wish.from, unfinished); !keys) copy = keys.error();
  std::error_code error;
  if (copy) fs::rename(unfinished, into, error);
  if (error) copy = ForkFailure{fmt::format("{}: {}", wish.into.string(), error.message())};
  std::error_code ignored;
  if (!copy) fs::remove_all(unfinished, ignored);
  return copy;
}

}  // namespace orrery
