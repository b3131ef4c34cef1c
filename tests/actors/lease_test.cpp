#include <catch2/catch.hpp>

#include "actors/lease/lease.hpp"
#include "tests/support/given.hpp"
#include "tests/support/state_table.hpp"

using namespace orrery;

namespace {

LeaseRequested request(std::uint32_t count = 2) {
  return {"vm/1", "us-east1-a", "L40S-48GB", count, WhenFull::queue};
}
const LeaseGranted grant{"node-7", {0, 3}, 42};

Given<Lease> waiting() { return given<Lease>({request()}); }
Given<Lease> queued() { return waiting().then({LeaseQueued{}}); }
Given<Lease> granted() { return queued().then({grant}); }
Given<Lease> ended() { return granted().then({LeaseReleased{}}); }

}  // namespace

TEST_CASE("a lease is requested, queued, granted, released") {
  CHECK(given<Lease>({}).when(Lease::Request{request()}).value() == decided<Lease>({request()}));
  CHECK(waiting().when(Lease::Queue{}).value() == decided<Lease>({LeaseQueued{}}));
  CHECK(queued().when(Lease::Grant{grant}).value() == decided<Lease>({grant}));
  CHECK(granted().when(Lease::Release{}).value() == decided<Lease>({LeaseReleased{}}));
}

TEST_CASE("a lease asks for 16 GPUs at most, and for something") {
  CHECK(given<Lease>({}).when(Lease::Request{request(17)}).error() ==
        Lease::Rejection::gpu_count_must_be_16_at_most);
  CHECK(given<Lease>({}).when(Lease::Request{request(0)}).error() ==
        Lease::Rejection::lease_must_ask_for_something);
  auto processors = request(0);
  processors.cpu_count = 2;
  CHECK(given<Lease>({}).when(Lease::Request{processors}).value() == decided<Lease>({processors}));
  CHECK(given<Lease>({}).when(Lease::Release{}).error() == Lease::Rejection::lease_does_not_exist);
}

TEST_CASE("a gang has 1 to 64 leases") {
  auto member = request();
  for (const auto size : {0u, 65u}) {
    member.gang = {"sg-1", size, 0};
    CHECK(given<Lease>({}).when(Lease::Request{member}).error() ==
          Lease::Rejection::gang_size_must_be_1_to_64);
  }
  member.gang = {"sg-1", 64, 3};
  CHECK(given<Lease>({}).when(Lease::Request{member}).value() == decided<Lease>({member}));
}

TEST_CASE("a lease is requested and granted once, and exactly") {
  CHECK(granted().when(Lease::Request{request()}).value().empty());
  CHECK(granted().when(Lease::Request{request(3)}).error() ==
        Lease::Rejection::lease_is_requested_differently);
  CHECK(granted().when(Lease::Grant{grant}).value().empty());
  CHECK(granted().when(Lease::Grant{{"node-9", {0, 1}, 43}}).error() ==
        Lease::Rejection::lease_is_granted_differently);
  CHECK(waiting().when(Lease::Grant{{"node-7", {0}, 42}}).error() ==
        Lease::Rejection::granted_gpu_count_differs_from_request);
}

TEST_CASE("a lease ends once, whoever ends it first") {
  CHECK(ended().when(Lease::Release{}).value().empty());
  CHECK(ended().when(Lease::Expire{"node_lost"}).value().empty());
  CHECK(ended().when(Lease::Refuse{"out_of_stock"}).value().empty());
  CHECK(ended().when(Lease::Grant{grant}).error() == Lease::Rejection::lease_has_ended);
}

TEST_CASE("only a granted lease expires, and only a waiting one is refused") {
  CHECK(waiting().when(Lease::Expire{"node_lost"}).error() ==
        Lease::Rejection::command_does_not_fit_state);
  CHECK(granted().when(Lease::Refuse{"out_of_stock"}).error() ==
        Lease::Rejection::command_does_not_fit_state);
}

TEST_CASE("every state of a lease answers every command as the table says", "[golden]") {
  check_state_table<Lease>({
      {{"absent", {}},
       {"waiting", waiting().state},
       {"queued", queued().state},
       {"granted", granted().state},
       {"ended", ended().state}},
      {{"request", Lease::Request{request()}},
       {"request, differently", Lease::Request{request(3)}},
       {"request of no GPU", Lease::Request{request(0)}},
       {"queue", Lease::Queue{}},
       {"grant", Lease::Grant{grant}},
       {"grant, differently", Lease::Grant{{"node-9", {0, 1}, 43}}},
       {"grant of too few", Lease::Grant{{"node-7", {0}, 42}}},
       {"refuse", Lease::Refuse{"out_of_stock"}},
       {"release", Lease::Release{}},
       {"expire", Lease::Expire{"node_lost"}}},
  });
}
