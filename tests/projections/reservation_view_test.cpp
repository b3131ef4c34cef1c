#include "projections/reservations/reservation_view.hpp"

#include <catch2/catch.hpp>

#include "tests/projections/history.hpp"

using namespace orrery;

TEST_CASE("a reservation shows who has a place in it, until it has ended and after") {
  Told<ReservationView> told;
  const ReservationDeclared declared{"o1", "l40s-48gb.2x", "us-east1-a", 2, 10, 20, 0};
  told.tell("reservation/r", declared);
  told.tell("reservation/s", ReservationDeclared{"o2", "a40.1x", "us-east1-a", 1, 10, 20, 0});
  told.tell("reservation/r", ReservationTaken{"v1"}).tell("reservation/r", ReservationTaken{"v2"});
  told.tell("reservation/r", ReservationGivenBack{"v1"});
  const auto found = told.view.find("r").value();
  CHECK(found.declaration == declared);
  CHECK(found.vm_ids == std::set<std::string>{"v2"});
  CHECK_FALSE(found.ended);
  told.tell("reservation/r", ReservationEnded{});
  CHECK(told.view.find("r")->ended);
  CHECK(told.view.of_organization("o1").size() == 1);
  CHECK(told.view.all().size() == 2);
  CHECK_FALSE(told.view.find("t"));
}
