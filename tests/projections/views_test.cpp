#include "projections/runtime/views.hpp"

#include <condition_variable>
#include <mutex>

#include <catch2/catch.hpp>

#include "storage/memory/memory_event_log.hpp"
#include "tests/projections/all_views.hpp"
#include "tests/projections/random_history.hpp"
#include "tests/storage/log_fixture.hpp"

using namespace orrery;

namespace {

/// Views of each kind over a log.
struct Reader {
  Reader() {
    for (const auto& view : kinds) views.add(*view);
  }
  /// Names of the views that hold something else than here.
  std::string differing(const Reader& other) const {
    std::string names;
    for (std::size_t i = 0; i < kinds.size(); ++i)
      if (saved(*kinds[i]) != saved(*other.kinds[i])) names += kinds[i]->name();
    return names;
  }
  std::vector<std::unique_ptr<View>> kinds = all_views();
  Views views;
};

/// Commits the events [from, to) of a history, some at a time, and tells `listener` of each batch.
/// An event's time is the same wherever a part begins.
void commit_part(EventLog& log, const History& history, std::size_t from, std::size_t to,
                 CommitListener* listener = nullptr) {
  while (from < to) {
    const auto begin_of_group = from / 7 * 7;
    const auto count = std::min(begin_of_group + 7, to) - from;
    std::vector<AppendDraft> drafts;
    for (std::size_t i = from; i < from + count; ++i) {
      const auto& event = history.events()[i];
      drafts.push_back({event.stream, event.version - 1, {event.event}});
    }
    for (const auto& result : commit(log, drafts, history.events()[begin_of_group].time))
      REQUIRE(result.has_value());
    from += count;
    if (!listener) continue;
    auto batch = std::make_shared<std::vector<RecordedEvent>>();
    log.read(log.head() - count + 1, log.head(),
             [&](const StoredEvent& stored) {
               batch->push_back(record(stored));
               return true;
             })
        .value();
    listener->on_commit(batch);
  }
}

/// A log that says when a snapshot has come in.
class WatchedLog : public MemoryEventLog {
 public:
  void put_snapshot(std::string_view name, const Snapshot& snapshot) override {
    MemoryEventLog::put_snapshot(name, snapshot);
    const std::lock_guard lock(mutex_);
    positions_[std::string(name)] = snapshot.position;
    changed_.notify_all();
  }
  void wait_for_snapshots(std::size_t count, Position position) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] {
      std::size_t reached = 0;
      for (const auto& [name, at] : positions_)
        reached += name.starts_with("view/") && at >= position ? 1 : 0;
      return reached >= count;
    });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Position> positions_;
};

}  // namespace

TEST_CASE("catching up from any snapshot equals full replay and live views") {
  constexpr std::size_t event_count = 240;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const RandomHistory history(seed, event_count);
    for (std::size_t saved_at = 0; saved_at <= event_count; saved_at += 13) {
      INFO("seed " << seed << ", snapshot at " << saved_at);
      MemoryEventLog log;
      Reader live;
      live.views.catch_up(log).value();
      commit_part(log, history, 0, saved_at, &live.views);
      live.views.save_snapshots(log);
      commit_part(log, history, saved_at, event_count, &live.views);
      CHECK(live.views.applied() == event_count);

      Reader caught_up;
      caught_up.views.catch_up(log).value();
      CHECK(caught_up.views.applied() == event_count);
      CHECK(caught_up.differing(live) == "");

      Reader replayed;
      MemoryEventLog without_snapshots;
      commit_part(without_snapshots, history, 0, event_count);
      replayed.views.catch_up(without_snapshots).value();
      CHECK(replayed.differing(live) == "");
    }
  }
}

TEST_CASE("many events are decoded on one thread and folded on another, in order") {
  const RandomHistory history(11, 30'000);
  MemoryEventLog log;
  Reader live;
  commit_part(log, history, 0, history.events().size(), &live.views);
  Reader caught_up;
  caught_up.views.catch_up(log).value();
  CHECK(caught_up.views.applied() == history.events().size());
  CHECK(caught_up.differing(live) == "");
}

TEST_CASE("a snapshot that doesn't fit is passed over") {
  const RandomHistory history(2, 100);
  MemoryEventLog log;
  Reader live;
  commit_part(log, history, 0, 100, &live.views);
  live.views.save_snapshots(log);
  const auto good = log.snapshot("view/vms.2").value();
  const auto caught_up_with = [&](const Snapshot& snapshot) {
    log.put_snapshot("view/vms.2", snapshot);
    Reader reader;
    reader.views.catch_up(log).value();
    return reader.differing(live);
  };

  auto cut = good;
  cut.bytes.pop_back();
  CHECK(caught_up_with(cut) == "");
  auto beyond_the_log = good;
  beyond_the_log.position = 101;
  CHECK(caught_up_with(beyond_the_log) == "");
  auto of_another_place = good;
  of_another_place.position = 99;
  CHECK(caught_up_with(of_another_place) == "");
  CHECK(caught_up_with(Snapshot{100, 0, ""}) == "");
}

TEST_CASE("a snapshot of another history is passed over") {
  const RandomHistory one(2, 100);
  const RandomHistory other(4, 100);
  MemoryEventLog log;
  Reader live;
  commit_part(log, one, 0, 100, &live.views);
  live.views.save_snapshots(log);

  MemoryEventLog other_log;
  Reader other_live;
  commit_part(other_log, other, 0, 100, &other_live.views);
  for (const auto& view : live.kinds) {
    const auto name = "view/" + std::string(view->name());
    other_log.put_snapshot(name, log.snapshot(name).value());
  }
  Reader caught_up;
  caught_up.views.catch_up(other_log).value();
  CHECK(caught_up.differing(other_live) == "");
}

TEST_CASE("snapshots made in the background are those that the live views would make") {
  const RandomHistory history(9, 1000);
  WatchedLog log;
  Reader live;
  live.views.catch_up(log).value();
  live.views.start_background_snapshots(log, 300);
  for (std::size_t from = 0; from < 900; from += 300) {
    commit_part(log, history, from, from + 300, &live.views);
    log.wait_for_snapshots(live.kinds.size(), log.snapshot("view/vms.2") ? from + 1 : 1);
  }
  live.views.stop_background_snapshots();
  commit_part(log, history, 900, 1000, &live.views);
  CHECK(log.snapshot("view/identity.2").value().position >= 300);

  Reader caught_up;
  caught_up.views.catch_up(log).value();
  CHECK(caught_up.differing(live) == "");
}

TEST_CASE("stopping doesn't wait for a snapshot to be wanted") {
  MemoryEventLog log;
  Reader live;
  live.views.catch_up(log).value();
  live.views.start_background_snapshots(log, 1'000'000);
  live.views.save_snapshots(log);
  CHECK_FALSE(log.snapshot("view/vms.2"));
}
