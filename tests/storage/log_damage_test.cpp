#include <fstream>

#include <rocksdb/db.h>
#include <catch2/catch.hpp>

#include "storage/rocksdb/database.hpp"
#include "storage/rocksdb/rocksdb_event_log.hpp"
#include "storage/watermark.hpp"
#include "tests/storage/log_fixture.hpp"

/// Damages real files of a closed log, and looks at what opening it says. Nothing acknowledged may
/// ever be missing without a word.

using namespace orrery;
namespace fs = std::filesystem;

namespace {

struct DamagedLog {
  TemporaryDirectory directory;
  fs::path path = directory.path / "log";

  /// A log with `commits` commits of one event each.
  explicit DamagedLog(Version commits = 50) { append(commits); }

  std::unique_ptr<EventLog> open() const { return open_rocksdb_event_log({path}).value(); }

  void append(Version commits) const {
    const auto log = open();
    for (Version i = 0; i < commits; ++i)
      commit_one(*log, {"node/a", log->version_of("node/a"), {NodeLost{std::string(200, 'r')}}})
          .value();
  }

  /// Many sessions: each open moves what the write-ahead log held into a table file.
  void append_in_sessions(int sessions) const {
    for (int i = 0; i < sessions; ++i) append(10);
  }

  std::optional<OpenFailure> failure() const {
    auto log = open_rocksdb_event_log({path});
    return log ? std::nullopt : std::optional(log.error());
  }

  /// The newest file of that kind which holds something.
  fs::path newest(std::string_view extension) const {
    fs::path found;
    for (const auto& entry : fs::directory_iterator(path / "db"))
      if (entry.path().extension() == extension && entry.file_size() > 0)
        found = std::max(found, entry.path());
    return found;
  }

  std::vector<fs::path> tables() const {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(path / "db"))
      if (entry.path().extension() == ".sst") found.push_back(entry.path());
    return found;
  }
};

RocksDbOptions read_only(const fs::path& path) {
  RocksDbOptions options{path};
  options.read_only = true;
  return options;
}

void flip_bit(const fs::path& file, std::uintmax_t offset) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(offset));
  const auto byte = static_cast<char>(stream.get() ^ 0x10);
  stream.seekp(static_cast<std::streamoff>(offset));
  stream.put(byte);
}

void check_refused(const DamagedLog& log, OpenError error) {
  for (int attempt = 0; attempt < 2; ++attempt) {  // Looking twice must not heal anything.
    const auto failure = log.failure();
    REQUIRE(failure);
    CHECK(to_string(failure->code) == to_string(error));
    INFO(failure->message);
    CHECK(failure->message.find("orrery log recover --accept-loss") != std::string::npos);
    CHECK(failure->message.find(std::string(to_string(error))) != std::string::npos);
  }
}

}  // namespace

TEST_CASE("every way in which a log fails to open has an exit code of its own") {
  std::vector<int> codes;
  for (int i = 0; i <= static_cast<int>(OpenError::engine_failure); ++i)
    codes.push_back(exit_code(static_cast<OpenError>(i)));
  CHECK(std::adjacent_find(codes.begin(), codes.end()) == codes.end());
  CHECK(codes.front() == 20);
}

TEST_CASE("a lock file that can't be written is no sign of another process") {
  const DamagedLog damaged;
  fs::remove(damaged.path / "lock");
  fs::create_directory(damaged.path / "lock");
  const auto failure = damaged.failure();
  REQUIRE(failure);
  CHECK(failure->code == OpenError::directory_unusable);
  CHECK(failure->message.find("Is a directory") != std::string::npos);
}

TEST_CASE("a write-ahead log cut below the watermark is a lost tail") {
  const DamagedLog log;
  const auto wal = log.newest(".log");
  fs::resize_file(wal, fs::file_size(wal) - GENERATE(1, 100, 5000));
  check_refused(log, OpenError::lost_tail);
}

TEST_CASE("an emptied write-ahead log is a lost tail") {
  const DamagedLog log;
  fs::resize_file(log.newest(".log"), 0);
  check_refused(log, OpenError::lost_tail);
}

TEST_CASE("a torn tail above the watermark is fine") {
  const DamagedLog log;
  const auto hash = log.open()->chain_hash();
  // Opening moved the write-ahead log into a table; what a crash leaves behind goes to the new one.
  log.append(1);
  std::ofstream(log.newest(".log"), std::ios::app | std::ios::binary)
      << std::string(GENERATE(1, 7, 300), GENERATE('\0', '\x5a'));
  CHECK(!log.failure());
  CHECK(log.open()->head() == 51);
  CHECK(log.open()->chain_hash() != hash);
}

TEST_CASE("a missing write-ahead log is named") {
  const DamagedLog log;
  fs::remove(log.newest(".log"));
  check_refused(log, OpenError::missing_wal);
}

TEST_CASE("a flipped bit in the write-ahead log is named") {
  const DamagedLog log;
  const auto wal = log.newest(".log");
  const auto size = fs::file_size(wal);
  flip_bit(wal, GENERATE_COPY(size / 10, size / 2, size - 150));
  check_refused(log, OpenError::damaged_record);
}

TEST_CASE("a missing or cut table file is named") {
  const DamagedLog log;
  log.append_in_sessions(3);
  const auto tables = log.tables();
  REQUIRE(tables.size() >= 2);
  const auto victim = tables[GENERATE(0u, 1u)];
  SECTION("missing") { fs::remove(victim); }
  SECTION("cut") { fs::resize_file(victim, fs::file_size(victim) - 10); }
  check_refused(log, OpenError::missing_table);
}

TEST_CASE("a missing list of files is named") {
  const DamagedLog log;
  SECTION("CURRENT") { fs::remove(log.path / "db" / "CURRENT"); }
  SECTION("the whole database") { fs::remove_all(log.path / "db"); }
  check_refused(log, OpenError::missing_table);
}

TEST_CASE("a missing, damaged, foreign or stale watermark is named") {
  const DamagedLog log;
  const auto watermark = log.path / "watermark";
  SECTION("missing") {
    fs::remove(watermark);
    check_refused(log, OpenError::missing_watermark);
  }
  SECTION("both slots damaged") {
    flip_bit(watermark, 20);
    flip_bit(watermark, 4096 + 20);
    check_refused(log, OpenError::damaged_watermark);
  }
  SECTION("cut") {
    fs::resize_file(watermark, 0);
    check_refused(log, OpenError::damaged_watermark);
  }
  SECTION("of another log") {
    WatermarkFile::create(watermark, {50, ChainHash{1, 2, 3}});
    check_refused(log, OpenError::damaged_watermark);
  }
  SECTION("stale") {
    const auto stale = log.path / "stale";
    fs::copy_file(watermark, stale);
    log.append(5);
    fs::rename(stale, watermark);
    check_refused(log, OpenError::damaged_watermark);
  }
  SECTION("of a longer log") {
    WatermarkFile::create(watermark, {51, ChainHash{1, 2, 3}});
    check_refused(log, OpenError::lost_tail);
  }
}

TEST_CASE("a commit that doesn't continue the one before is named") {
  const DamagedLog log(10);
  const Position replaced = GENERATE(5, 10);
  {  // A record that verifies by itself, in the place of another.
    std::unique_ptr<Database> database;
    REQUIRE(
        Database::open(log.path / "db", Database::Mode::read_write, false, nullptr, database).ok());
    CommitRecordWriter writer;
    writer.begin(replaced, Time{}, ChainHash{7});
    Append append{"node/a", replaced - 1, {}, {}, {}};
    append.events.push_back({0x0203, 1, std::string_view("\0", 1)});
    writer.add(append, replaced, replaced - 1);
    ChainHasher hasher;
    writer.finish(hasher);
    REQUIRE(
        database->db->Put({}, database->family(Database::log), log_key(replaced), writer.bytes())
            .ok());
  }
  if (replaced == 10) return check_refused(log, OpenError::broken_chain);
  // In the middle of a table it is found by whoever reads, or by `orrery log verify`.
  const auto opened = log.open();
  const auto read = opened->read(1, 10, [](const StoredEvent&) { return true; });
  REQUIRE(read.has_error());
  CHECK(read.error().position == replaced);
}

TEST_CASE("the files as they are at any moment hold all that was acknowledged") {
  const TemporaryDirectory directory;
  const auto log = open_rocksdb_event_log({directory.path / "log"}).value();
  Version begun = 0;
  for (int round = 0; round < 12; ++round) {
    const auto draft = [&] { return AppendDraft{"node/a", begun++, {NodeLost{"r"}}}; };
    while (begun % 5 != 4) begin(*log, {draft()}), log->finish_commit();
    begin(*log, {draft()});
    const auto acknowledged = log->head();
    const auto copy = directory.path / ("copy" + std::to_string(round));
    fs::create_directories(copy);
    fs::copy(directory.path / "log" / "watermark", copy);  // First: the log only grows meanwhile.
    fs::copy(directory.path / "log" / "db", copy / "db", fs::copy_options::recursive);
    log->finish_commit();
    const auto recovered = open_rocksdb_event_log({copy}).value();
    CHECK(recovered->head() >= acknowledged);
    CHECK(read_stream(*recovered, "node/a").size() == recovered->head());
    fs::remove_all(copy);
  }
}

TEST_CASE("a process that died while it made the log leaves one that opens") {
  const TemporaryDirectory directory;
  const auto path = directory.path / "log";
  fs::create_directories(path);
  WatermarkFile::create(path / "watermark", {});
  if (GENERATE(false, true)) {  // RocksDB was made, its families weren't.
    rocksdb::Options options;
    options.create_if_missing = true;
    rocksdb::DB* made = nullptr;
    REQUIRE(rocksdb::DB::Open(options, path / "db", &made).ok());
    delete made;
  }
  const auto log = open_rocksdb_event_log({path}).value();
  CHECK(commit_one(*log, {"node/a", 0, {NodeLost{"r"}}}).has_value());
}

TEST_CASE("one torn slot of the watermark is fine") {
  const DamagedLog log;
  flip_bit(log.path / "watermark", 20 + 4096 * GENERATE(0, 1));
  CHECK(!log.failure());
  CHECK(log.open()->head() == 50);
}

TEST_CASE("a flipped bit in a table file is found by reading, at the latest") {
  const DamagedLog log;
  log.append_in_sessions(2);
  for (const auto& table : log.tables()) {
    const auto size = fs::file_size(table);
    for (std::uintmax_t offset = size / 16; offset < size; offset += size / 4) {
      flip_bit(table, offset);
      const auto opened = open_rocksdb_event_log(read_only(log.path));
      if (opened) {
        Position last = 0;
        const auto read = (*opened)->read(1, (*opened)->head(), [&](const StoredEvent& stored) {
          last = stored.position;
          return true;
        });
        CHECK((read.has_error() || last == (*opened)->head()));
      }
      flip_bit(table, offset);
    }
  }
  CHECK(!log.failure());
}

TEST_CASE("a recovery that was killed between its renames is taken up where it stopped") {
  const DamagedLog log;
  log.append_in_sessions(2);
  fs::resize_file(log.newest(".log"), fs::file_size(log.newest(".log")) - 100);
  const auto watermark = log.path / "watermark";
  const auto first = recover_log({log.path}, "a test", Time{}).value();
  const auto damaged = first.damaged_directory;
  const bool database_was_in_place = GENERATE(false, true);
  if (database_was_in_place) {  // Only the watermark was missing.
    fs::create_directories(log.path / "recovered");
    fs::rename(watermark, log.path / "recovered" / "watermark");
  } else {  // The damaged one was aside, the new one not yet there.
    fs::create_directories(log.path / "recovered");
    fs::rename(log.path / "db", log.path / "recovered" / "db");
    fs::rename(watermark, log.path / "recovered" / "watermark");
  }
  fs::copy_file(damaged / "watermark", watermark);
  REQUIRE(log.failure());

  const auto second = recover_log({log.path}, "a test", Time{}).value();
  CHECK(second.acknowledged_position == first.acknowledged_position);
  CHECK(second.recovered_position == first.recovered_position);
  const auto opened = log.open();
  CHECK(opened->head() == first.recovered_position + 1);
  CHECK(read_stream(*opened, "log/recovery").size() == 1);
}

TEST_CASE("recovery keeps what verifies, says what is lost, and the log goes on") {
  const DamagedLog log;
  log.append_in_sessions(2);
  const auto damage = GENERATE(0, 1, 2, 3, 4);
  if (damage == 0) fs::resize_file(log.newest(".log"), fs::file_size(log.newest(".log")) - 100);
  if (damage == 1) fs::remove(log.newest(".log"));
  if (damage == 2) fs::remove(log.path / "watermark");
  if (damage == 3) fs::remove(log.tables().front());
  if (damage == 4) fs::remove(log.path / "db" / "CURRENT");
  CAPTURE(damage);
  REQUIRE(log.failure());
  const auto recovery = recover_log({log.path}, "a test", Time(std::chrono::seconds(9))).value();
  CHECK(recovery.acknowledged_position == (damage == 2 ? 0 : 70));
  CHECK(recovery.recovered_position <= 70);
  CHECK(fs::exists(recovery.damaged_directory));
  if (damage == 0) CHECK(recovery.recovered_position == 69);
  if (damage == 2 || damage == 4) CHECK(recovery.recovered_position == 70);

  const auto opened = log.open();
  CHECK(opened->head() == recovery.recovered_position + 1);
  const auto events = read_all(*opened);
  REQUIRE(!events.empty());
  CHECK(events.back().stream == "log/recovery");
  CHECK(std::get<LogLossAccepted>(events.back().event).recovered_position ==
        recovery.recovered_position);
  CHECK(read_stream(*opened, "node/a").size() == recovery.recovered_position);
  CHECK(commit_one(*opened, {"node/b", 0, {NodeLost{"r"}}}).has_value());
}
