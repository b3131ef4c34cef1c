#include "storage/memory/memory_event_log.hpp"

#include <catch2/catch.hpp>

#include "tests/storage/event_log_contract.hpp"
#include "tests/storage/log_fixture.hpp"

using namespace orrery;

namespace {

class MemoryUnderTest : public LogUnderTest {
 public:
  EventLog& log() override { return *log_; }
  void reopen() override { log_ = log_->restarted(); }

 private:
  std::unique_ptr<MemoryEventLog> log_ = std::make_unique<MemoryEventLog>();
};

const AppendDraft draft{"node/a", 0, {NodeLost{"r"}}};

}  // namespace

TEST_CASE("the memory engine keeps the log's contract") {
  check_event_log_contract([] { return std::make_unique<MemoryUnderTest>(); });
}

TEST_CASE("the memory engine agrees with a model") {
  check_event_log_against_model([] { return std::make_unique<MemoryUnderTest>(); });
}

TEST_CASE("a failed commit makes the memory log read-only until it is opened anew") {
  MemoryEventLog log;
  const auto fate = GENERATE(CommitFate::fails_before_write, CommitFate::fails_after_write);
  log.set_fate([&] { return fate; });
  CHECK(commit_one(log, draft).error() == AppendError::read_only);
  log.set_fate(nullptr);
  CHECK(commit_one(log, draft).error() == AppendError::read_only);
  CHECK(!log.writable());
  CHECK(log.head() == 0);
  CHECK(log.version_of("node/a") == 0);

  const auto restarted = log.restarted();
  const bool landed = fate == CommitFate::fails_after_write;
  CHECK(restarted->version_of("node/a") == (landed ? 1 : 0));
  CHECK(commit_one(*restarted, {"node/b", 0, {NodeLost{"r"}}}).has_value());
}

TEST_CASE("a full disk refuses appends of the memory log and passes") {
  MemoryEventLog log;
  log.set_fate([] { return CommitFate::disk_full; });
  CHECK(commit_one(log, draft).error() == AppendError::disk_full);
  log.set_fate(nullptr);
  CHECK(commit_one(log, draft).has_value());
}

TEST_CASE("unsynced snapshots and checkpoints may be lost in a restart") {
  MemoryEventLog log;
  log.put_snapshot("s", {1, 1, "x"});
  log.put_checkpoint("c", 5);
  CHECK(!log.restarted(false)->snapshot("s"));
  CHECK(log.restarted(false)->checkpoint("c") == 0);
}
