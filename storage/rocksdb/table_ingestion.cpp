#include "storage/rocksdb/table_ingestion.hpp"

namespace orrery {
namespace {

constexpr std::string_view file_prefix = "unfinished-";

}  // namespace

rocksdb::Status TableIngestion::add(Database::Family family, const std::string& name,
                                    const Fill& fill) {
  const auto path = (directory_ / (std::string(file_prefix) + name)).string();
  const rocksdb::Options options(
      Database::database_options(Database::Mode::read_write, false, nullptr),
      Database::options_of(family));
  rocksdb::SstFileWriter writer({}, options);
  auto status = writer.Open(path);
  if (status.ok()) status = fill(writer);
  if (status.ok()) status = writer.Finish();
  if (!status.ok()) return status;
  auto& file = files_.emplace_back();
  file.column_family = database_.family(family);
  file.external_files = {path};
  file.options.move_files = true;
  file.options.failed_move_fall_back_to_copy = true;
  file.options.write_global_seqno = false;
  return status;
}

rocksdb::Status TableIngestion::finish() { return database_.db->IngestExternalFiles(files_); }

void TableIngestion::remove_unfinished(const std::filesystem::path& directory) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(directory, ignored))
    if (entry.path().filename().string().starts_with(file_prefix))
      std::filesystem::remove(entry.path(), ignored);
}

}  // namespace orrery
