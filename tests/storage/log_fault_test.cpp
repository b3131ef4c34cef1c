#include <atomic>

#include <rocksdb/env.h>
#include <catch2/catch.hpp>

#include "storage/rocksdb/rocksdb_event_log.hpp"
#include "tests/storage/log_fixture.hpp"

/// Disks that fail: what the log answers, and what a restart finds.

using namespace orrery;

namespace {

/// Files of the write-ahead log fail on demand.
class FailingEnv : public rocksdb::EnvWrapper {
 public:
  FailingEnv() : EnvWrapper(Env::Default()) {}

  std::atomic<bool> appends_fail = false;
  std::atomic<bool> syncs_fail = false;
  std::atomic<int> sync_attempts = 0;

  rocksdb::Status NewWritableFile(const std::string& name,
                                  std::unique_ptr<rocksdb::WritableFile>* file,
                                  const rocksdb::EnvOptions& options) override {
    std::unique_ptr<rocksdb::WritableFile> opened;
    const auto status = EnvWrapper::NewWritableFile(name, &opened, options);
    if (!status.ok()) return status;
    if (name.ends_with(".log"))
      *file = std::make_unique<FailingFile>(std::move(opened), *this);
    else
      *file = std::move(opened);
    return status;
  }

 private:
  class FailingFile : public rocksdb::WritableFileWrapper {
   public:
    FailingFile(std::unique_ptr<rocksdb::WritableFile> file, FailingEnv& env)
        : WritableFileWrapper(file.get()), file_(std::move(file)), env_(env) {}

    using WritableFileWrapper::Append;
    rocksdb::Status Append(const rocksdb::Slice& data) override {
      if (env_.appends_fail) return rocksdb::Status::IOError("append", "test");
      return WritableFileWrapper::Append(data);
    }
    rocksdb::Status Sync() override {
      return sync([&] { return WritableFileWrapper::Sync(); });
    }
    rocksdb::Status Fsync() override {
      return sync([&] { return WritableFileWrapper::Fsync(); });
    }

   private:
    template <class Real>
    rocksdb::Status sync(const Real& real) {
      ++env_.sync_attempts;
      return env_.syncs_fail ? rocksdb::Status::IOError("sync", "test") : real();
    }

    std::unique_ptr<rocksdb::WritableFile> file_;
    FailingEnv& env_;
  };
};

AppendDraft draft(Version version) { return {"node/a", version, {NodeLost{"r"}}}; }

}  // namespace

TEST_CASE("a failed write or sync makes the log read-only, and is never tried again") {
  const TemporaryDirectory directory;
  FailingEnv env;
  RocksDbOptions options{directory.path};
  options.env = &env;
  {
    const auto log = open_rocksdb_event_log(options).value();
    CHECK(commit_one(*log, draft(0)).has_value());
    const bool sync_fails = GENERATE(true, false);
    (sync_fails ? env.syncs_fail : env.appends_fail) = true;
    CHECK(commit_one(*log, draft(1)).error() == AppendError::read_only);
    env.syncs_fail = env.appends_fail = false;
    const int attempts = env.sync_attempts;
    CHECK(commit_one(*log, draft(1)).error() == AppendError::read_only);
    CHECK(env.sync_attempts == attempts);
    CHECK(!log->writable());
    // Reads go on, and see what was acknowledged.
    CHECK(log->head() == 1);
    CHECK(log->version_of("node/a") == 1);
    CHECK(read_all(*log).size() == 1);
    CHECK(read_stream(*log, "node/a").size() == 1);
  }
  // The outcome was unknown; a restart finds one of the two, and goes on from there.
  const auto log = open_rocksdb_event_log(options).value();
  const auto version = log->version_of("node/a");
  CHECK((version == 1 || version == 2));
  CHECK(commit_one(*log, draft(version)).has_value());
}

TEST_CASE("groups begun after a failing one are not acknowledged either") {
  const TemporaryDirectory directory;
  FailingEnv env;
  RocksDbOptions options{directory.path};
  options.env = &env;
  const auto log = open_rocksdb_event_log(options).value();
  CHECK(commit_one(*log, draft(0)).has_value());
  CHECK(begin(*log, {draft(1)}).front().has_value());
  CHECK(log->finish_commit());
  env.syncs_fail = true;
  begin(*log, {draft(2)});
  begin(*log, {draft(3)});
  CHECK(!log->finish_commit());
  CHECK(!log->finish_commit());
  CHECK(commit_one(*log, draft(2)).error() == AppendError::read_only);
  CHECK(log->version_of("node/a") == 2);
  CHECK(log->head() == 2);
}
