#include "actors/processes/vm_process.hpp"

#include <catch2/catch.hpp>

#include "events/default_network.hpp"

using namespace orrery;

namespace {

constexpr auto* place = "us-east1-a";

struct Told {
  VmProcess process;
  Position position = 0;

  void event(const std::string& stream, Event event) {
    process.apply({++position, stream, 1, Time{}, Origin{"test", 0, "r1"}, std::move(event)});
  }
  void requested(const std::string& vm_id) {
    VmRequested request;
    request.specification.project_id = std::string("p1");
    request.specification.location = request.specification.cluster = place;
    request.specification.gpu_count = 1;
    event("vm/" + vm_id, request);
    event("lease/" + vm_id + ".1", LeaseRequested{"vm/" + vm_id, place, "", 1, WhenFull::refuse});
    event("lease/" + vm_id + ".1", LeaseGranted{"n1", {0}, position});
  }
};

}  // namespace

TEST_CASE("a VM of an old log, whose node gave it addresses, keeps them to itself") {
  Told told;
  const auto usual = default_network("p1", place);
  told.event("network/" + usual.network_id,
             SubnetAdded{usual.subnet_id, "s", "10.0.0.0/24", place});
  told.event("address_pool/a", AddressPoolDeclared{place, "198.18.0.0/30"});
  told.requested("old");
  // As it is upcast from its first version: without addresses, and the driver tells them.
  told.event("vm/old", VmPlaced{"old.1", "n1", {0}, 1});
  told.event("vm/old", VmStarted{"10.0.0.2", "198.18.0.0"});
  told.requested("new");

  const auto placed = told.process.resume();
  REQUIRE(placed.size() == 1);
  const auto& to = std::get<To<Vm>>(placed.front().command);
  CHECK(to.id == "new");
  const auto& placement = std::get<Vm::Place>(to.command).placement;
  CHECK(placement.private_ipv4 == "10.0.0.3");
  CHECK(placement.public_ipv4 == "198.18.0.1");

  // It gives them back as any other VM.
  told.event("vm/old", VmDeletionRequested{});
  told.event("vm/old", VmDeleted{});
  told.requested("newer");
  for (const auto& owed : told.process.due())
    if (const auto* vm = std::get_if<To<Vm>>(&owed.command); vm && vm->id == "newer")
      CHECK(std::get<Vm::Place>(vm->command).placement.private_ipv4 == "10.0.0.2");
}
