#include "drivers/slurm/runs/look_pace.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

using namespace orrery;

namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

/// Looks that each take the same, on a clock of their own.
struct Looks {
  LookPace::Time cost;
  LookPace::Time length;
  LookPace pace{500ms};
  LookPace::Moment now{1h};
  int count = 0;
  LookPace::Time gap_max{};

  /// The next, when it is due.
  void look() {
    const auto before = now;
    now = std::max(now, pace.next());
    if (++count > 1) gap_max = std::max(gap_max, now - before);
    pace.begin(now);
    now += length;
    pace.end(now, cost);
  }
  LookPace::Time wait() const { return pace.next() - now; }
  /// In hundredths of a processor.
  template <class Before>
  double percent_in(LookPace::Time time, Before before) {
    const auto began = now;
    const int first = count;
    while (now - began < time) {
      before();
      look();
    }
    return 100.0 * (count - first) * std::chrono::duration<double>(cost).count() /
           std::chrono::duration<double>(now - began).count();
  }
};

constexpr auto nothing = [] {};

}  // namespace

TEST_CASE("a Slurm of some jobs is looked at each tick") {
  Looks looks{12ms, 20ms};
  looks.look();
  CHECK(looks.wait() == 500ms);
  looks.pace.hint();
  CHECK(looks.wait() == 100ms);
}

TEST_CASE("looks that cost much take a twentieth of a processor, and come within some seconds") {
  Looks looks{50ms, 100ms};
  CHECK(looks.percent_in(60s, nothing) <= 5.1);
  CHECK(looks.gap_max <= 1s);
  Looks dear{2s, 2s};
  dear.look();
  CHECK(dear.wait() == 3s);
}

TEST_CASE("a hint is followed at once, and hints without end cost no more") {
  Looks looks{50ms, 100ms};
  looks.percent_in(10s, nothing);
  looks.pace.hint();
  CHECK(looks.wait() == 100ms);
  CHECK(looks.percent_in(60s, [&] { looks.pace.hint(); }) <= 5.2);
  CHECK(looks.gap_max <= 1500ms);
}

TEST_CASE("what a hint was lent is paid back, and then the next is followed at once") {
  Looks looks{50ms, 100ms};
  looks.look();
  looks.pace.hint();
  looks.look();
  looks.pace.hint();
  CHECK(looks.wait() > 500ms);
  looks.look();
  CHECK(looks.percent_in(5s, nothing) <= 5.1);
  looks.pace.hint();
  CHECK(looks.wait() == 100ms);
}

TEST_CASE("a hint while a look is under way is followed by another look") {
  Looks looks{1ms, 10ms};
  looks.pace.begin(looks.now);
  looks.pace.hint();
  looks.pace.end(looks.now, 1ms);
  CHECK(looks.wait() == 100ms);
  looks.look();
  CHECK(looks.wait() == 500ms);
}

TEST_CASE("looks at a Slurm that doesn't answer are rested from") {
  Looks looks{5ms, 20s};
  looks.look();
  CHECK(looks.wait() == 500ms);
}
