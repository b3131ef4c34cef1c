#include "projections/runtime/view_archive.hpp"

#include <algorithm>
#include <atomic>

#include <catch2/catch.hpp>

#include "projections/runtime/fold_until.hpp"
#include "projections/runtime/view_snapshot.hpp"
#include "storage/memory/memory_event_log.hpp"
#include "tests/projections/all_views.hpp"
#include "tests/projections/random_history.hpp"
#include "tests/storage/log_fixture.hpp"

using namespace orrery;

namespace {

constexpr std::size_t event_count = 600;

/// A random history in a log, event by event.
struct Past {
  explicit Past(std::uint64_t seed) : history(seed, event_count) {
    for (const auto& event : history.events()) {
      const AppendDraft draft{event.stream, event.version - 1, {event.event}};
      REQUIRE(commit(log, {draft}, event.time).front().has_value());
    }
  }

  /// What a view of this kind holds after `position` events.
  std::string state_at(const View& kind, Position position) const {
    const auto view = kind.fresh();
    for (const auto& event : history.events())
      if (event.position <= position) view->apply(event);
    return saved(*view);
  }

  /// Archives every kind of view each time so many events have happened.
  void archive(Position between, const ArchiveLimits& limits = {}) {
    for (const auto& kind : all_views())
      for (const auto& event : history.events()) {
        kind->apply(event);
        if (event.position % between == 0) archive_view(*kind, event.position, log, limits);
      }
  }

  std::string folded_state(const View& kind, Position position) const {
    const auto view = kind.fresh();
    const std::atomic<bool> stopped{false};
    View* const views[] = {view.get()};
    REQUIRE(fold_until(views, position, log, stopped).has_value());
    return saved(*view);
  }

  RandomHistory history;
  MemoryEventLog log;
};

}  // namespace

TEST_CASE("a view as of any position holds what it held then") {
  Past past(11);
  past.archive(50, {.count_max = 5});
  for (const auto& kind : all_views()) {
    INFO(kind->name());
    for (Position position = 0; position <= event_count; position += 37)
      REQUIRE(past.folded_state(*kind, position) == past.state_at(*kind, position));
  }
}

TEST_CASE("a view of the past begins at the nearest snapshot, archived or current") {
  Past past(12);
  past.archive(100);
  VmView view;
  CHECK(load_view_before(view, 99, past.log) == 0);
  CHECK(saved(view) == saved(VmView()));
  CHECK(load_view_before(view, 350, past.log) == 300);
  CHECK(saved(view) == past.state_at(view, 300));

  VmView newer;
  for (const auto& event : past.history.events())
    if (event.position <= 340) newer.apply(event);
  save_view(newer, 340, past.log);
  VmView again;
  CHECK(load_view_before(again, 350, past.log) == 340);
  VmView before;
  CHECK(load_view_before(before, 339, past.log) == 300);
}

TEST_CASE("an archive keeps a bounded number, denser towards the present") {
  Past past(13);
  past.archive(10, {.count_max = 8});
  const auto positions = archived_positions(VmView(), past.log);
  REQUIRE(positions.size() == 8);
  CHECK(positions.back() == event_count);
  CHECK(std::ranges::is_sorted(positions));
  CHECK(positions[1] - positions[0] > positions[7] - positions[6]);
  CHECK(positions[positions.size() - 2] >= event_count - 50);
  CHECK(positions.front() <= event_count / 2);
}

TEST_CASE("an archive keeps a bounded number of bytes, and the newest whatever its size") {
  Past past(14);
  past.archive(100, {.count_max = 100, .bytes_max = 1});
  CHECK(archived_positions(VmView(), past.log) == std::vector<Position>{event_count});
}

TEST_CASE("a snapshot that is damaged or of another history is passed over") {
  Past past(15);
  past.archive(100);
  const VmView kind;
  for (const auto slot : {"0", "1", "2", "3", "4", "5"}) {
    const auto known = std::string("archive/").append(kind.name()).append("/").append(slot);
    auto stored = past.log.snapshot(known);
    REQUIRE(stored);
    if (stored->position == 400) stored->bytes.resize(stored->bytes.size() / 2);
    if (stored->position == 300) stored->bytes[20] ^= 1;
    if (stored->position == 200) stored->position = 210;
    past.log.put_snapshot(known, *stored);
  }
  VmView view;
  CHECK(load_view_before(view, 450, past.log) == 100);
  CHECK(past.folded_state(kind, 450) == past.state_at(kind, 450));

  past.log.put_snapshot(std::string("archive/").append(kind.name()), {1, 0, "\xff\xff\xff"});
  CHECK(archived_positions(kind, past.log).empty());
  CHECK(past.folded_state(kind, 450) == past.state_at(kind, 450));
}

TEST_CASE("the snapshot that is missed least lies closest to its neighbours, for its age") {
  const std::vector<Position> even{100, 200, 300, 400};
  CHECK(least_missed(even) == 0);
  const std::vector<Position> close{100, 500, 510, 1000};
  CHECK(least_missed(close) == 1);
}

TEST_CASE("folding up to a position gives up when it is told to") {
  const Past past(16);
  VmView view;
  View* const views[] = {&view};
  const std::atomic<bool> stopped{true};
  CHECK(fold_until(views, event_count, past.log, stopped).has_value());
}
