#include "cli/server_storage.hpp"

#include <stdexcept>

#include "cli/data_directory.hpp"
#include "cli/exit_codes.hpp"
#include "cli/start_failure.hpp"
#include "storage/rocksdb/rocksdb_event_log.hpp"

namespace orrery {

ServerStorage::ServerStorage(const std::filesystem::path& data) {
  value_or_stop(make_data_directory(data), exit_data_directory);
  RocksDbOptions options;
  options.directory = log_directory(data);
  auto opened = open_rocksdb_event_log(std::move(options));
  if (opened.has_error())
    throw StartFailure{exit_code(opened.error().code), opened.error().message};
  log = std::move(*opened);
  subject_keys =
      value_or_stop(SubjectKeys::open_directory(keys_directory(data)), exit_data_directory);
  try {
    edge_secret = EdgeSecret::load_or_create(data, ids);
  } catch (const std::runtime_error& failure) {
    throw StartFailure{exit_data_directory, failure.what()};
  }
}

}  // namespace orrery
