#include "actors/address_pool/address_pool.hpp"

#include <catch2/catch.hpp>

#include "tests/support/given.hpp"
#include "tests/support/state_table.hpp"

using namespace orrery;
using Rejection = AddressPool::Rejection;

namespace {

const AddressPoolDeclared small{"us-east1-a", "204.52.24.0/25"};
const AddressPoolDeclared large{"us-east1-a", "204.52.24.0/24"};

}  // namespace

TEST_CASE("a pool of addresses may grow, and do nothing else") {
  const auto pool = given<AddressPool>({small});
  CHECK(pool.when(AddressPool::Declare{small}).value().empty());
  CHECK(pool.when(AddressPool::Declare{large}).value() == decided<AddressPool>({large}));
  CHECK(pool.then({large}).when(AddressPool::Declare{small}).error() ==
        Rejection::pool_must_not_lose_addresses);
  CHECK(pool.when(AddressPool::Declare{{"us-west1-a", "204.52.24.0/24"}}).error() ==
        Rejection::pool_is_at_another_location);
}

TEST_CASE("a pool is at a location and has addresses") {
  const auto nothing = given<AddressPool>({});
  CHECK(nothing.when(AddressPool::Declare{{"", "204.52.24.0/24"}}).error() ==
        Rejection::location_must_not_be_empty);
  for (const auto* cidr : {"", "204.52.24.0", "204.52.24.1/24", "204.52.24.0/33", "::/64"})
    CHECK(nothing.when(AddressPool::Declare{{"us-east1-a", cidr}}).error() ==
          Rejection::cidr_must_be_an_ipv4_network);
}

TEST_CASE("every state of a pool answers every command as the table says", "[golden]") {
  check_state_table<AddressPool>({
      {{"absent", {}}, {"declared", given<AddressPool>({small}).state}},
      {{"declare", AddressPool::Declare{small}},
       {"declare larger", AddressPool::Declare{large}},
       {"declare smaller", AddressPool::Declare{{"us-east1-a", "204.52.24.0/26"}}},
       {"declare elsewhere", AddressPool::Declare{{"us-west1-a", "204.52.24.0/25"}}},
       {"declare nonsense", AddressPool::Declare{{"us-east1-a", "many"}}}},
  });
}
