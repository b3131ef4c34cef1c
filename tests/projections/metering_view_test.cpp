#include "projections/metering/metering_view.hpp"

#include <catch2/catch.hpp>

#include "tests/projections/history.hpp"

using namespace orrery;
using namespace std::chrono_literals;

namespace {

constexpr auto midnight = std::chrono::sys_days{std::chrono::year{2024} / 2 / 28};
constexpr Time end_of_time = midnight + std::chrono::days{1000};
constexpr auto end_of_time_us = end_of_time.time_since_epoch().count();

/// A history whose times the test chooses, counted from the midnight at which 2024-02-28 begins.
struct Meters {
  MeteringView view;
  std::vector<RecordedEvent> events;

  Meters& at(std::chrono::microseconds after_midnight, std::string_view stream, Event event) {
    auto& recorded = events.emplace_back();
    recorded.position = events.size();
    recorded.stream = stream;
    recorded.time = midnight + after_midnight;
    recorded.event = std::move(event);
    view.apply(recorded);
    return *this;
  }
  Meters& runs(std::chrono::microseconds from, std::string_view vm, std::string reservation = {}) {
    auto requested = ::orrery::vm_of("p", "vm");
    requested.specification.reservation_id = std::move(reservation);
    at(from, vm, requested);
    return at(from, vm, VmStarted{"10.0.0.1", ""});
  }
  Meters& price(std::chrono::microseconds from, std::string product, std::int64_t micro_usd) {
    return at(from, "price/gpu_hours." + product,
              PriceChanged{UsageMetric::gpu_hours, std::move(product), micro_usd});
  }

  std::vector<UsageRow> usage(Time until = end_of_time, bool monthly = false) const {
    return view.usage({{"p"}, std::nullopt, until, monthly});
  }
  std::vector<ChargeLine> charges() const {
    return view.charges({{"p"}, std::nullopt, end_of_time, false});
  }
  /// "2024-02-28 7200, …": dates and unit-seconds.
  std::string days(Time until = end_of_time, bool monthly = false) const {
    std::string text;
    for (const auto& row : usage(until, monthly))
      text += date_text(row.date) + " " + std::to_string(row.unit_seconds) + ", ";
    return text;
  }
};

DiskCreated disk_of(std::uint64_t size_gib) {
  DiskSpecification disk;
  disk.project_id = "p";
  disk.name = "data";
  disk.size_gib = size_gib;
  disk.location = "us-east1-a";
  return {disk, "SERIAL"};
}

}  // namespace

TEST_CASE("a VM is metered by GPU and second from its start to its end") {
  Meters meters;
  meters.at(1h, "vm/1", vm_of("p", "vm"));
  CHECK(meters.usage().empty());
  meters.at(2h, "vm/1", VmStarted{"10.0.0.1", ""}).at(3h, "vm/1", VmDeletionRequested{});
  meters.at(3h + 10s, "vm/1", VmDeleted{});
  const auto rows = meters.usage();
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].date == midnight);
  CHECK(rows[0].project_id == "p");
  CHECK(rows[0].metric == UsageMetric::gpu_hours);
  CHECK(rows[0].resource_type == "l40s-48gb.2x");
  CHECK(rows[0].location == "us-east1-a");
  CHECK(rows[0].reservation_id.empty());
  CHECK(rows[0].unit_seconds == 2 * 3610);
  CHECK(meters.view.usage({{"q"}, std::nullopt, end_of_time, false}).empty());
}

TEST_CASE("a second belongs to the run in which it starts") {
  Meters meters;
  meters.runs(1999ms, "vm/1").at(3001ms, "vm/1", VmFailed{"node_lost", ""});
  CHECK(meters.days() == "2024-02-28 4, ");
  meters.runs(5100ms, "vm/2").at(5900ms, "vm/2", VmDeleted{});
  CHECK(meters.days() == "2024-02-28 4, ");
}

TEST_CASE("what still runs is shown until the moment asked for, and cut at each midnight") {
  Meters meters;
  meters.runs(23h, "vm/1");
  CHECK(meters.days(midnight + 23h) == "");
  CHECK(meters.days(midnight + 24h) == "2024-02-28 7200, ");
  CHECK(meters.days(midnight + 50h) == "2024-02-28 7200, 2024-02-29 172800, 2024-03-01 14400, ");
  meters.at(50h, "vm/1", VmDeleted{});
  CHECK(meters.days(midnight + 50h) == "2024-02-28 7200, 2024-02-29 172800, 2024-03-01 14400, ");
  CHECK(meters.days(midnight + 24h) == "2024-02-28 7200, ");
}

TEST_CASE("a long run has all days of its months, the leap day too") {
  Meters meters;
  meters.at(0s, "vm/1", vm_of("p", "vm")).at(0s, "vm/1", VmStarted{"10.0.0.1", ""});
  meters.at(std::chrono::days{2 + 31 + 30 + 1}, "vm/1", VmDeleted{});
  const std::string seconds_of_february = std::to_string(2 * 2 * 86'400);
  const std::string seconds_of_march = std::to_string(2 * 31 * 86'400);
  const std::string seconds_of_april = std::to_string(2 * 30 * 86'400);
  CHECK(meters.days(end_of_time, true) == "2024-02-01 " + seconds_of_february + ", 2024-03-01 " +
                                              seconds_of_march + ", 2024-04-01 " +
                                              seconds_of_april + ", 2024-05-01 172800, ");
  CHECK(meters.usage().size() == 2 + 31 + 30 + 1);
  CHECK(meters.view.usage({{"p"}, midnight + std::chrono::days{2}, end_of_time, true}).size() == 3);
}

TEST_CASE("a stopped VM is not metered, and a resized one is metered as what it is") {
  Meters meters;
  meters.runs(0h, "vm/1").at(1h, "vm/1", VmStopRequested{}).at(1h + 5s, "vm/1", VmStopped{});
  meters.at(5h, "vm/1", VmResized{"l40s-48gb.4x", "L40S-48GB", 4});
  meters.at(6h, "vm/1", VmStartRequested{}).at(7h, "vm/1", VmStartFailed{"out_of_stock", ""});
  meters.at(8h, "vm/1", VmStartRequested{}).at(9h, "vm/1", VmStarted{"10.0.0.1", ""});
  meters.at(10h, "vm/1", VmDeleted{});
  const auto rows = meters.usage();
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].unit_seconds == 2 * 3605);
  CHECK(rows[1].resource_type == "l40s-48gb.4x");
  CHECK(rows[1].unit_seconds == 4 * 3600);
}

TEST_CASE("runs in a reservation are marked, and cost what the reservation says") {
  Meters meters;
  meters.price(0h, "l40s-48gb", 1'250'000);
  meters.at(0h, "reservation/r",
            ReservationDeclared{"o", "l40s-48gb.2x", "us-east1-a", 1, 0, end_of_time_us, 250'000});
  meters.runs(0h, "vm/1").at(1h, "vm/1", VmReserved{"r"}).at(3h, "vm/1", VmUnreserved{});
  meters.at(4h, "vm/1", VmDeleted{});
  const auto lines = meters.charges();
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].reservation_id.empty());
  CHECK(lines[0].unit_seconds == 2 * 7200);
  CHECK(lines[0].cents == 500);
  CHECK(lines[1].reservation_id == "r");
  CHECK(lines[1].unit_seconds == 2 * 7200);
  CHECK(lines[1].cents == 100);
  meters.runs(10h, "vm/2", "r").at(11h, "vm/2", VmDeleted{});
  CHECK(meters.charges()[1].unit_seconds == 3 * 7200);
}

TEST_CASE("a run that outlives its reservation costs the price of the day from then on") {
  Meters meters;
  const auto ends = Time(midnight + 26h).time_since_epoch().count();
  meters.price(0h, "l40s-48gb", 1'000'000);
  meters.at(0h, "reservation/r",
            ReservationDeclared{"o", "l40s-48gb.2x", "us-east1-a", 1, 0, ends, 0});
  meters.runs(20h, "vm/1", "r").price(30h, "l40s-48gb", 2'000'000);
  const auto check = [&] {
    const auto lines = meters.charges();
    REQUIRE(lines.size() == 3);
    CHECK(lines[0].unit_seconds == 2 * 4 * 3600);
    CHECK(lines[0].cents == 800);
    CHECK(lines[1].micro_usd_per_hour == 2'000'000);
    CHECK(lines[1].unit_seconds == 2 * 2 * 3600);
    CHECK(lines[2].reservation_id == "r");
    CHECK(lines[2].unit_seconds == 2 * 6 * 3600);
    CHECK(lines[2].cents == 0);
  };
  meters.at(32h, "vm/1", VmStopped{});
  check();
  meters.at(33h, "vm/1", VmDeleted{});
  check();
}

TEST_CASE("a change of price splits runs, and what ran before costs what it cost") {
  Meters meters;
  meters.runs(0h, "vm/1").price(1h, "l40s-48gb", 1'250'000).price(2h, "l40s-48gb", 2'000'000);
  meters.price(2h, "a40", 1'100'000).at(4h, "vm/1", VmDeleted{});
  const auto lines = meters.charges();
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].micro_usd_per_hour == 0);
  CHECK(lines[0].cents == 0);
  CHECK(lines[1].cents == 250);
  CHECK(lines[2].micro_usd_per_hour == 2'000'000);
  CHECK(lines[2].cents == 800);
  CHECK(meters.view.spent_micro_usd("p", midnight, end_of_time) == 10'500'000);
  CHECK(meters.usage().size() == 1);
  const auto prices = meters.view.prices();
  REQUIRE(prices.size() == 2);
  CHECK(prices[0].price.product == "a40");
  CHECK(prices[1].since == midnight + 2h);
}

TEST_CASE("a disk is metered by its size as long as it exists") {
  Meters meters;
  meters.at(0h, "price/disk_gb_hours.persistent-ssd",
            PriceChanged{UsageMetric::disk_gb_hours, "persistent-ssd", 130});
  meters.at(0h, "disk/1", disk_of(100)).at(10h, "disk/1", DiskResized{200});
  meters.at(10h, "disk/1", DiskAttached{"vm", DiskMode::read_write});
  meters.at(20h, "disk/1", DiskDeleted{});
  const auto lines = meters.charges();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].metric == UsageMetric::disk_gb_hours);
  CHECK(lines[0].resource_type == "persistent-ssd");
  CHECK(lines[0].unit_seconds == (100 * 10 + 200 * 10) * 3600);
  CHECK(lines[0].cents == 39);  // 3,000 GB-hours at $0.00013.
}

TEST_CASE("a clock that was set back counts nothing twice") {
  Meters meters;
  meters.runs(2h, "vm/1").price(1h, "l40s-48gb", 1'000'000).at(3h, "vm/1", VmDeleted{});
  CHECK(meters.days() == "2024-02-28 7200, ");
  meters.runs(5h, "vm/2").at(4h, "vm/2", VmDeleted{});
  CHECK(meters.days() == "2024-02-28 7200, ");
}

TEST_CASE("money and hours are written as they are") {
  CHECK(cents_of(3600, 1'250'000) == 125);
  CHECK(cents_of(1, 1'250'000) == 0);
  CHECK(cents_of(144, 1'250'000) == 5);  // Exactly.
  CHECK(cents_of(1, 18'000'000) == 1);   // Half a cent is rounded up,
  CHECK(cents_of(1, 17'999'999) == 0);   // less is rounded down.
  CHECK(cents_of(1'000'000'000'000'000, 2'150'000) == 59'722'222'222'222);
  CHECK(micro_usd_of({{1, 1799}}) == 0);
  CHECK(micro_usd_of({{1, 1800}}) == 1);
  CHECK(micro_usd_of({{1, 900}, {3, 300}}) == 1);
  CHECK(hours_text(7200) == "2");
  CHECK(hours_text(1800) == "0.5");
  CHECK(hours_text(3601) == "1.000278");
  CHECK(hours_text(0) == "0");
  CHECK(usd_text(1205) == "12.05");
  CHECK(usd_text(5) == "0.05");
  CHECK(usd_text(-5) == "-0.05");
  CHECK(micro_usd_text(130) == "0.00013");
  CHECK(micro_usd_text(1'250'000) == "1.25");
  CHECK(micro_usd_text(2'000'000) == "2");
  CHECK(date_text(std::chrono::sys_days{std::chrono::year{2024} / 2 / 29}) == "2024-02-29");
}
