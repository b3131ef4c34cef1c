#include <algorithm>
#include <map>
#include <random>

#include <catch2/catch.hpp>

#include "projections/metering/metering_view.hpp"
#include "tests/projections/history.hpp"

using namespace orrery;

namespace {

constexpr std::int64_t day_seconds = 86'400;
const std::vector<std::string> projects{"p1", "p2"};

/// Random lives of VMs and disks over some months, with prices that change, and beside them what
/// they must add up to, reckoned in another way: from whole intervals, without a meter.
class RandomUsage {
 public:
  explicit RandomUsage(std::uint64_t seed) : random_(seed) {
    for (int i = 0; i < 400; ++i) step();
  }

  const std::vector<RecordedEvent>& events() const { return events_; }
  Time now() const { return Time(std::chrono::microseconds(now_us_)); }

  /// Unit-seconds of a project on a day, by what was open when.
  std::uint64_t unit_seconds(const std::string& project, std::int64_t day) const {
    std::uint64_t sum = 0;
    const auto add = [&](const Interval& run, std::int64_t until) {
      const auto from = std::max(run.from, day * day_seconds);
      const auto to = std::min(until, (day + 1) * day_seconds);
      if (run.project == project && to > from)
        sum += static_cast<std::uint64_t>(to - from) * run.units;
    };
    for (const auto& run : closed_) add(run, run.until);
    for (const auto& [stream, run] : open_) add(run, now_us_ / 1'000'000);
    return sum;
  }
  std::int64_t first_day() const { return start_us / 1'000'000 / day_seconds; }
  std::int64_t last_day() const { return now_us_ / 1'000'000 / day_seconds; }

 private:
  struct Interval {
    std::string project;
    std::uint64_t units = 0;
    std::int64_t from = 0;
    std::int64_t until = 0;
  };
  static constexpr std::int64_t start_us = 1'705'000'000'123'456;

  std::size_t below(std::size_t limit) { return random_() % limit; }

  void happened(const std::string& stream, Event event) {
    auto& recorded = events_.emplace_back();
    recorded.position = events_.size();
    recorded.stream = stream;
    recorded.time = now();
    recorded.event = std::move(event);
  }
  void open(const std::string& stream, const std::string& project, std::uint64_t units) {
    open_[stream] = {project, units, now_us_ / 1'000'000, 0};
  }
  void close(const std::string& stream) {
    const auto run = open_.find(stream);
    if (run == open_.end()) return;
    run->second.until = now_us_ / 1'000'000;
    closed_.push_back(run->second);
    open_.erase(run);
  }

  void step() {
    now_us_ += static_cast<std::int64_t>(random_() % (below(4) == 0 ? 200'000'000'000 : 3'000'000));
    const auto number = below(12);
    const auto stream = (number < 8 ? "vm/" : "disk/") + std::to_string(number);
    if (below(6) == 0) return change_price();
    number < 8 ? step_vm(stream, projects[number % 2]) : step_disk(stream, projects[number % 2]);
  }
  void change_price() {
    if (below(4) == 0) {
      const auto ends = now_us_ + static_cast<std::int64_t>(random_() % 400'000'000'000);
      return happened("reservation/r" + std::to_string(below(2)),
                      ReservationDeclared{"o", "a40.1x", "us-east1-a", 1, 0, ends, 1000});
    }
    static const std::vector<std::string> products{"l40s-48gb", "a40", "persistent-ssd"};
    const auto metric = below(2) == 0 ? UsageMetric::gpu_hours : UsageMetric::disk_gb_hours;
    happened("price/x", PriceChanged{metric, products[below(3)], std::int64_t(below(3'000'000))});
  }
  void step_vm(const std::string& stream, const std::string& project) {
    if (!known_.contains(stream)) {
      known_[stream] = 2;
      return happened(stream, vm_of(project, "vm"));
    }
    const bool running = open_.contains(stream);
    switch (below(5)) {
      case 0:
        happened(stream, VmStarted{"10.0.0.1", ""});
        if (!running) open(stream, project, known_[stream]);
        break;
      case 1:
        happened(stream, VmStopped{});
        close(stream);
        break;
      case 2:
        happened(stream, VmReserved{"r" + std::to_string(below(2))});
        break;
      case 3:
        happened(stream, VmUnreserved{});
        break;
      default:
        if (running) return;
        known_[stream] = 1 + below(8);
        happened(stream, VmResized{below(2) == 0 ? "a40.1x" : "l40s-48gb.4x", "GPU",
                                   std::uint32_t(known_[stream])});
    }
  }
  void step_disk(const std::string& stream, const std::string& project) {
    DiskSpecification disk;
    disk.project_id = project;
    disk.size_gib = 10 + below(100);
    if (!open_.contains(stream)) {
      happened(stream, DiskCreated{disk, ""});
      open(stream, project, disk.size_gib);
    } else if (below(2) == 0) {
      happened(stream, DiskResized{disk.size_gib});
      close(stream);
      open(stream, project, disk.size_gib);
    } else {
      happened(stream, DiskDeleted{});
      close(stream);
    }
  }

  std::mt19937_64 random_;
  std::vector<RecordedEvent> events_;
  std::int64_t now_us_ = start_us;
  std::map<std::string, std::uint64_t> known_;
  std::map<std::string, Interval> open_;
  std::vector<Interval> closed_;
};

void fold(View& view, const std::vector<RecordedEvent>& events) {
  for (const auto& event : events) view.apply(event);
}

}  // namespace

TEST_CASE("what the meter shows is what ran, day by day, and the days add up") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    INFO("seed " << seed);
    const RandomUsage usage(seed);
    MeteringView view;
    fold(view, usage.events());
    std::map<std::pair<std::string, std::int64_t>, std::uint64_t> shown;
    std::map<std::string, std::uint64_t> shown_monthly, charged, sums;
    for (const auto& row : view.usage({projects, std::nullopt, usage.now(), false}))
      shown[{row.project_id, row.date.time_since_epoch().count()}] += row.unit_seconds;
    for (const auto& row : view.usage({projects, std::nullopt, usage.now(), true}))
      shown_monthly[row.project_id] += row.unit_seconds;
    for (const auto& line : view.charges({projects, std::nullopt, usage.now(), false}))
      charged[line.project_id] += line.unit_seconds;
    for (const auto& project : projects) {
      for (auto day = usage.first_day(); day <= usage.last_day(); ++day) {
        const auto expected = usage.unit_seconds(project, day);
        REQUIRE(shown[{project, day}] == expected);
        sums[project] += expected;
      }
      CHECK(shown_monthly[project] == sums[project]);
      CHECK(charged[project] == sums[project]);
    }
  }
}

TEST_CASE(
    "the meter shows the same folded from position 1, from any snapshot, and at any midnight") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    INFO("seed " << seed);
    const RandomUsage usage(seed);
    MeteringView whole;
    fold(whole, usage.events());
    const UsageQuery query{projects, std::nullopt, usage.now(), false};
    for (std::size_t cut = 0; cut <= usage.events().size(); cut += 7) {
      MeteringView before, after;
      for (std::size_t i = 0; i < cut; ++i) before.apply(usage.events()[i]);
      after.load(saved(before));
      for (std::size_t i = cut; i < usage.events().size(); ++i) after.apply(usage.events()[i]);
      REQUIRE(saved(after) == saved(whole));
      REQUIRE(after.usage(query) == whole.usage(query));
      REQUIRE(after.charges(query) == whole.charges(query));
    }
    // A day that is over looks the same whenever it is asked for.
    for (std::size_t cut = 50; cut < usage.events().size(); cut += 50) {
      MeteringView then;
      for (std::size_t i = 0; i < cut; ++i) then.apply(usage.events()[i]);
      const auto midnight = midnight_before(usage.events()[cut - 1].time);
      const UsageQuery until_midnight{projects, std::nullopt, midnight, false};
      REQUIRE(then.usage(until_midnight) == whole.usage(until_midnight));
      REQUIRE(then.charges(until_midnight) == whole.charges(until_midnight));
    }
  }
}
