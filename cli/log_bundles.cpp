#include "cli/log_bundles.hpp"

#include <fstream>
#include <iostream>

#include <fmt/format.h>

#include "cli/data_directory.hpp"
#include "cli/exit_codes.hpp"
#include "cli/progress_line.hpp"
#include "http/auth/edge_secret.hpp"
#include "http/auth/id_source.hpp"
#include "storage/bundle/bundle.hpp"
#include "storage/rocksdb/rocksdb_event_log.hpp"
#include "storage/subject_keys.hpp"

namespace orrery {
namespace {

namespace fs = std::filesystem;

int complain(std::ostream& err, std::string_view message, int code) {
  err << "orrery log: " << message << '\n';
  return code;
}

int complain(std::ostream& err, const fs::path& file, const BundleFault& fault) {
  return complain(err,
                  fmt::format("{}: at byte {}: {}", file.string(), fault.offset, fault.message),
                  exit_log_damaged);
}

std::string describe(const BundleSummary& summary) {
  return fmt::format("{} events in {} commits, positions {} to {}, {}, sha256 {}",
                     summary.event_count, summary.commit_count, summary.header.from,
                     summary.header.to, summary.header.is_whole() ? "all streams" : "some streams",
                     summary.hash);
}

/// Reads all of it before anything is touched.
boost::system::result<BundleSummary, BundleFault> check_bundle(std::istream& in) {
  auto reader = BundleReader::open(in);
  if (!reader) return reader.error();
  BundledCommit commit;
  for (;;) {
    const auto more = reader->next(commit);
    if (!more) return more.error();
    if (!*more) return reader->summary();
  }
}

/// What a server wants beside a log: an empty place for keys of persons, and a secret of its own.
int provide_keys(const fs::path& data, std::ostream& err) try {
  const auto keys = SubjectKeys::open_directory(keys_directory(data));
  if (!keys) return complain(err, keys.error().message, exit_data_directory);
  SystemIdSource ids;
  EdgeSecret::load_or_create(data, ids);
  return exit_success;
} catch (const std::runtime_error& failure) {
  return complain(err, failure.what(), exit_data_directory);
}

/// A bundle on its way into a log; a failure is told, and its exit code returned.
struct Import {
  using Result = boost::system::result<BundleImport, int>;

  const fs::path& file;
  std::istream& in;
  BundleProgress progress;
  std::ostream& err;

  /// Into a log that is there: what came before a fault stays, for it can't be told apart any more.
  Result onto(const fs::path& directory) const {
    RocksDbOptions options;
    options.directory = directory;
    const auto log = open_rocksdb_event_log(options);
    if (!log) return complain(err, log.error().message, exit_code(log.error().code));
    const auto head_before = (*log)->head();
    auto imported = import_bundle(in, **log, progress);
    if (imported) return *std::move(imported);
    const auto code = complain(err, file, imported.error());
    if ((*log)->head() > head_before)
      complain(err,
               fmt::format("{} has got positions {} to {}, which stay", directory.string(),
                           head_before + 1, (*log)->head()),
               code);
    return code;
  }

  /// Into a log that appears whole or not at all, and never in place of one that somebody else has
  /// made meanwhile.
  Result as_new(const fs::path& directory) const {
    const fs::path unfinished = directory.string() + ".unfinished";
    if (fs::exists(unfinished))
      return complain(
          err,
          fmt::format("{} is of another import: wait for it, or remove it", unfinished.string()),
          exit_data_directory);
    auto imported = onto(unfinished);
    // Whoever opened it at the same time has its lock, and this one only the failure.
    if (!imported && imported.error() == exit_code(OpenError::locked)) return imported;
    std::error_code failure;
    if (imported) fs::rename(unfinished, directory, failure);
    if (failure)
      imported =
          complain(err, fmt::format("{} can't be made: {}", directory.string(), failure.message()),
                   exit_data_directory);
    if (!imported) fs::remove_all(unfinished, failure);
    return imported;
  }
};

void print(const BundleImport& imported, const fs::path& data, std::ostream& out) {
  out << fmt::format("{}\nin {} at positions {} to {}{}\n", describe(imported.bundle),
                     data.string(), imported.first_position, imported.last_position,
                     imported.is_identical ? "; the chain of hashes is the same" : "");
  if (imported.foreign_cause_count > 0)
    out << fmt::format("{} causes are not in the bundle and were left out\n",
                       imported.foreign_cause_count);
  out << fmt::format(
      "Keys of persons are in no bundle: what was sealed stays sealed.\n"
      "  orrery serve --data {}\n",
      data.string());
}

}  // namespace

int export_bundle(const EventLog& log, const BundleExport& wish, std::ostream& out,
                  std::ostream& err) {
  for (const auto& stream : wish.streams)
    if (stream.find('/') != std::string::npos && log.version_of(stream) == 0)
      return complain(err, fmt::format("there is no stream {}", stream), exit_failure);
  ProgressLine progress("exported", "events", wish.to, wish.is_quiet);
  const auto write = [&](std::ostream& to) {
    return write_bundle(log, wish.from, wish.to, wish.streams, to,
                        [&](Position position) { progress.reach(position); });
  };
  if (wish.file == "-") {
    const auto written = write(out);
    return written ? exit_success : complain(err, "-", written.error());
  }
  const auto draft = fs::path(wish.file).concat(".part");
  std::ofstream stream(draft, std::ios::binary);
  const auto written = write(stream);
  stream.close();
  std::error_code failure;
  if (written && stream) fs::rename(draft, wish.file, failure);
  if (written && stream && !failure) {
    out << fmt::format("{}: {}\n", wish.file.string(), describe(*written));
    return exit_success;
  }
  std::error_code ignored;
  fs::remove(draft, ignored);
  if (!written) return complain(err, wish.file, written.error());
  return complain(err, fmt::format("{} can't be written", wish.file.string()), exit_failure);
}

int import_bundle_into(const fs::path& file, const fs::path& data, bool is_quiet, std::ostream& out,
                       std::ostream& err) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return complain(err, fmt::format("{} can't be read", file.string()), exit_usage);
  const auto checked = check_bundle(in);
  if (!checked) return complain(err, file, checked.error());
  in.clear();
  in.seekg(0);

  if (const auto made = make_data_directory(data); !made)
    return complain(err, made.error().message, exit_data_directory);
  ProgressLine progress("imported", "positions", checked->header.to, is_quiet);
  const Import import{file, in, [&](Position position) { progress.reach(position); }, err};
  const auto imported = fs::exists(log_directory(data)) ? import.onto(log_directory(data))
                                                        : import.as_new(log_directory(data));
  if (!imported) return imported.error();
  if (const auto code = provide_keys(data, err); code != exit_success) return code;
  print(*imported, data, out);
  return exit_success;
}

}  // namespace orrery
