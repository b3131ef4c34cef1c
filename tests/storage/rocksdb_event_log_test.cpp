#include "storage/rocksdb/rocksdb_event_log.hpp"
#include "storage/watermark.hpp"

#include <thread>

#include <catch2/catch.hpp>

#include "storage/memory/memory_event_log.hpp"
#include "tests/storage/event_log_contract.hpp"
#include "tests/storage/log_fixture.hpp"

using namespace orrery;

namespace {

class RocksDbUnderTest : public LogUnderTest {
 public:
  explicit RocksDbUnderTest(RocksDbOptions options = {}) : options_(std::move(options)) {
    options_.directory = directory_.path / "log";
    open();
  }
  EventLog& log() override { return *log_; }
  void reopen() override { open(); }

 private:
  void open() {
    log_.reset();
    log_ = open_rocksdb_event_log(options_).value();
  }

  TemporaryDirectory directory_{fast_directory()};
  RocksDbOptions options_;
  std::unique_ptr<EventLog> log_;
};

/// Index runs so small that even a short test writes many.
RocksDbOptions with_small_runs() {
  RocksDbOptions options;
  options.index_run_entries_max = 6;
  options.index_run_events_max = 10;
  return options;
}

const AppendDraft draft{"node/a", 0, {NodeLost{"r"}}};

}  // namespace

TEST_CASE("the RocksDB engine keeps the log's contract") {
  check_event_log_contract([] { return std::make_unique<RocksDbUnderTest>(); });
}

TEST_CASE("the RocksDB engine keeps the log's contract while its index goes to disk") {
  check_event_log_contract([] { return std::make_unique<RocksDbUnderTest>(with_small_runs()); });
}

TEST_CASE("the RocksDB engine agrees with a model") {
  check_event_log_against_model(
      [] { return std::make_unique<RocksDbUnderTest>(with_small_runs()); });
}

TEST_CASE("an open waits for a predecessor that is about to be gone") {
  const TemporaryDirectory directory;
  auto first = open_rocksdb_event_log({directory.path}).value();
  std::thread predecessor([&] { first.reset(); });
  RocksDbOptions options{directory.path};
  options.lock_patience = std::chrono::minutes(1);
  CHECK(open_rocksdb_event_log(options).has_value());
  predecessor.join();
}

TEST_CASE("a second process can't open the log, and hears who has it") {
  const TemporaryDirectory directory;
  const auto log = open_rocksdb_event_log({directory.path}).value();
  const auto second = open_rocksdb_event_log({directory.path});
  REQUIRE(second.has_error());
  CHECK(second.error().code == OpenError::locked);
  CHECK(second.error().message.find(std::to_string(::getpid())) != std::string::npos);
}

TEST_CASE("the log can be read while another process writes it") {
  const TemporaryDirectory directory;
  const auto log = open_rocksdb_event_log({directory.path}).value();
  for (Version version = 0; version < 20; ++version)
    commit_one(*log, {"node/a", version, {NodeLost{"r"}}}).value();
  RocksDbOptions options{directory.path};
  options.read_only = true;
  const auto reader = open_rocksdb_event_log(options).value();
  CHECK(read_all(*reader).size() == 20);
  CHECK(read_stream(*reader, "node/a").size() == 20);
  CHECK(!reader->writable());
  CHECK(commit_one(*reader, {"node/a", 20, {NodeLost{"r"}}}).error() == AppendError::read_only);
  CHECK(commit_one(*log, {"node/a", 20, {NodeLost{"r"}}}).has_value());
}

TEST_CASE("a directory without a log isn't made one by reading") {
  const TemporaryDirectory directory;
  RocksDbOptions options{directory.path / "absent"};
  options.read_only = true;
  CHECK(open_rocksdb_event_log(options).error().code == OpenError::directory_unusable);
  CHECK(!std::filesystem::exists(options.directory));
}

TEST_CASE("a nearly full disk refuses appends before anything is written, and passes") {
  const TemporaryDirectory directory;
  std::uint64_t free_bytes = 1000;
  RocksDbOptions options{directory.path};
  options.free_bytes_min = 900;
  options.free_bytes = [&] { return free_bytes; };
  const auto log = open_rocksdb_event_log(options).value();
  CHECK(commit_one(*log, draft).has_value());
  free_bytes = 900;
  CHECK(commit_one(*log, {"node/a", 1, {NodeLost{"r"}}}).error() == AppendError::disk_full);
  CHECK(log->writable());
  CHECK(read_all(*log).size() == 1);
  free_bytes = 10'000;
  CHECK(commit_one(*log, {"node/a", 1, {NodeLost{"r"}}}).has_value());
}

TEST_CASE("both engines build the same chain") {
  RocksDbUnderTest rocksdb;
  MemoryEventLog memory;
  const Time now(std::chrono::seconds(5));
  CHECK(commit_one(rocksdb.log(), draft, now).has_value());
  CHECK(commit_one(memory, draft, now).has_value());
  CHECK(rocksdb.log().chain_hash() == memory.chain_hash());
}

TEST_CASE("what a crash left above the watermark is vouched for when the log opens") {
  const TemporaryDirectory directory;
  const auto path = directory.path / "log";
  const auto commit = [&] {
    const auto log = open_rocksdb_event_log({path}).value();
    commit_one(*log, {"node/a", log->version_of("node/a"), {NodeLost{"gone"}}}).value();
  };
  commit();
  std::filesystem::copy_file(path / "watermark", directory.path / "older");
  commit();
  std::filesystem::rename(directory.path / "older", path / "watermark");
  REQUIRE(WatermarkFile::open(path / "watermark", false).value()->current().position == 1);

  open_rocksdb_event_log({path}).value().reset();
  CHECK(WatermarkFile::open(path / "watermark", false).value()->current().position == 2);
}

TEST_CASE("a recovery killed between its two renames is taken up again") {
  const TemporaryDirectory directory;
  const auto path = directory.path / "log";
  {
    const auto log = open_rocksdb_event_log({path}).value();
    commit_one(*log, {"node/a", 0, {NodeLost{"gone"}}}).value();
  }
  std::filesystem::create_directories(path / "damaged-1");
  std::filesystem::rename(path / "db", path / "damaged-1" / "db");

  const auto recovery = recover_log({path}, "test", Time{});
  REQUIRE(recovery.has_value());
  CHECK(recovery->recovered_position == 1);
  CHECK(open_rocksdb_event_log({path}).value()->head() == 2);  // The loss is an event.
}
