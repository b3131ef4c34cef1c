#include "cli/server_storage.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "cli/data_directory.hpp"
#include "cli/exit_codes.hpp"
#include "cli/start_failure.hpp"
#include "storage/event_kinds.hpp"
#include "storage/rocksdb/rocksdb_event_log.hpp"

namespace orrery {
namespace {

constexpr std::chrono::seconds lock_patience{2};

/// The first start makes the log, then what lies beside it, then the first event: a part that is
/// missing later was lost. Going on without it would lose the rest silently: no account would be
/// found under a new edge key, nobody's data opened under new subject keys.
[[noreturn]] void refuse_without(const std::filesystem::path& lost) {
  throw StartFailure{exit_data_directory,
                     fmt::format("{} is missing, but not what belongs to it. "
                                 "Restore it from a backup, or start with another data directory",
                                 lost.string())};
}

void require_log(const std::filesystem::path& data) {
  if (std::filesystem::exists(edge_key_file(data)) && !std::filesystem::exists(log_directory(data)))
    refuse_without(log_directory(data));
}

void require_keys(const std::filesystem::path& data) {
  for (const auto& part : {edge_key_file(data), keys_directory(data)})
    if (!std::filesystem::exists(part)) refuse_without(part);
}

}  // namespace

ServerStorage::ServerStorage(const std::filesystem::path& data) {
  value_or_stop(make_data_directory(data), exit_data_directory);
  require_log(data);
  RocksDbOptions options;
  options.directory = log_directory(data);
  options.lock_patience = lock_patience;  // Its predecessor may have been killed a moment ago.
  auto opened = open_rocksdb_event_log(std::move(options));
  if (opened.has_error())
    throw StartFailure{exit_code(opened.error().code), opened.error().message};
  log = std::move(*opened);
  if (const auto unknown = refuse_unknown_events(*log))
    throw StartFailure{exit_log_damaged,
                       fmt::format("position {}: {}", unknown->position, unknown->message)};
  if (log->head() > 0) require_keys(data);
  subject_keys =
      value_or_stop(SubjectKeys::open_directory(keys_directory(data)), exit_data_directory);
  try {
    edge_secret = EdgeSecret::load_or_create(data, ids);
  } catch (const std::runtime_error& failure) {
    throw StartFailure{exit_data_directory, failure.what()};
  }
}

}  // namespace orrery
