#include "actors/reservation/reservation.hpp"

#include <catch2/catch.hpp>

#include "tests/support/given.hpp"
#include "tests/support/state_table.hpp"

using namespace orrery;
using Rejection = Reservation::Rejection;

namespace {

const ReservationDeclared two_vms{"o1", "a40.1x", "us-east1-a", 2, 1'000, 2'000, 0};

Reservation::Take take(std::string vm_id) { return {std::move(vm_id), "a40.1x", "us-east1-a"}; }

Given<Reservation> open() { return given<Reservation>({two_vms}); }
Given<Reservation> full() { return open().then({ReservationTaken{"v1"}, ReservationTaken{"v2"}}); }
Given<Reservation> ended() { return full().then({ReservationEnded{}}); }

}  // namespace

TEST_CASE("a reservation has as many places as it has VMs") {
  CHECK(open().when(take("v1")).value() == decided<Reservation>({ReservationTaken{"v1"}}));
  CHECK(full().when(take("v1")).value().empty());
  CHECK(full().when(take("v3")).error() == Rejection::reservation_is_full);
  const auto again = full().then({ReservationGivenBack{"v1"}});
  CHECK(again.when(take("v3")).value() == decided<Reservation>({ReservationTaken{"v3"}}));
}

TEST_CASE("a place is for VMs of the reservation's type and location") {
  CHECK(open().when(Reservation::Take{"v1", "a40.2x", "us-east1-a"}).error() ==
        Rejection::reservation_is_for_another_type);
  CHECK(open().when(Reservation::Take{"v1", "a40.1x", "us-west1-a"}).error() ==
        Rejection::reservation_is_at_another_location);
}

TEST_CASE("nobody joins a reservation that has ended, and who is in may leave") {
  CHECK(ended().when(take("v3")).error() == Rejection::reservation_has_ended);
  CHECK(ended().when(take("v2")).value().empty());
  CHECK(ended().when(Reservation::GiveBack{"v2"}).value() ==
        decided<Reservation>({ReservationGivenBack{"v2"}}));
  CHECK_FALSE(Reservation::is_terminal(ended().state));
  const auto empty = ended().then({ReservationGivenBack{"v1"}, ReservationGivenBack{"v2"}});
  CHECK(Reservation::is_terminal(empty.state));
}

TEST_CASE("a reservation is for some VMs and some time") {
  auto none = two_vms;
  none.vm_count = 0;
  CHECK(given<Reservation>({}).when(Reservation::Declare{none}).error() ==
        Rejection::vm_count_must_not_be_zero);
  auto never = two_vms;
  never.ends_at_us = never.starts_at_us;
  CHECK(given<Reservation>({}).when(Reservation::Declare{never}).error() ==
        Rejection::end_must_be_after_start);
  CHECK(open().when(Reservation::Declare{never}).error() == Rejection::reservation_exists_already);
  CHECK(given<Reservation>({}).when(take("v1")).error() == Rejection::reservation_does_not_exist);
}

TEST_CASE("every state of a reservation answers every command as the table says", "[golden]") {
  auto other = two_vms;
  other.vm_count = 3;
  check_state_table<Reservation>({
      {{"absent", {}}, {"open", open().state}, {"full", full().state}, {"ended", ended().state}},
      {{"declare", Reservation::Declare{two_vms}},
       {"declare, differently", Reservation::Declare{other}},
       {"take", take("v1")},
       {"take a third", take("v3")},
       {"give back", Reservation::GiveBack{"v1"}},
       {"give back what it hasn't", Reservation::GiveBack{"v3"}},
       {"end", Reservation::End{}}},
  });
}
