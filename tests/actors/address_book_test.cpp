#include "actors/processes/address_book.hpp"

#include <set>

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "actors/network/ipv4_block.hpp"

using namespace orrery;

namespace {

struct Book : AddressBook {
  Position position = 0;

  void event(const std::string& stream, Event event) {
    apply({++position, stream, 1, Time{}, Origin{}, std::move(event)});
  }
  /// Five hosts: .2 to .6.
  void subnet(const std::string& id, const std::string& cidr = "10.0.0.0/29") {
    event("network/n", SubnetAdded{id, id, cidr, "east"});
  }
  void pool(const std::string& name, const std::string& cidr) {
    event("address_pool/" + name, AddressPoolDeclared{"east", cidr});
  }
  std::string private_address(const std::string& subnet_id) const {
    const auto free = free_private(*AddressBook::subnet(subnet_id));
    return free ? ipv4_text(*free) : "";
  }
  std::string public_address() const {
    const auto free = free_public("east");
    return free ? ipv4_text(*free) : "";
  }
};

AddressBook::Addresses only_private(std::uint32_t address) { return {"n", address, 0}; }
AddressBook::Addresses only_public(std::uint32_t address) { return {"", 0, address}; }

}  // namespace

TEST_CASE("the first address after the gateway is given first, and the broadcast address never") {
  Book book;
  book.subnet("s");
  std::vector<std::string> given;
  for (auto next = book.private_address("s"); !next.empty(); next = book.private_address("s")) {
    given.push_back(next);
    book.take(only_private(*parse_ipv4(next)));
  }
  CHECK(given ==
        std::vector<std::string>{"10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6"});
  book.give_back(only_private(*parse_ipv4("10.0.0.4")));
  CHECK(book.private_address("s") == "10.0.0.4");
}

TEST_CASE("every address of a pool is given, then those of the next pool") {
  Book book;
  book.pool("a", "1.2.3.0/31");
  book.pool("b", "1.2.3.4/32");
  std::vector<std::string> given;
  for (auto next = book.public_address(); !next.empty(); next = book.public_address()) {
    given.push_back(next);
    book.take(only_public(*parse_ipv4(next)));
  }
  CHECK(given == std::vector<std::string>{"1.2.3.0", "1.2.3.1", "1.2.3.4"});
  book.pool("b", "1.2.3.4/31");
  CHECK(book.public_address() == "1.2.3.5");
  CHECK_FALSE(book.free_public("west"));
}

TEST_CASE("a removed subnet gives no address, and what VMs have of it stays theirs") {
  Book book;
  book.subnet("s");
  book.take(only_private(*parse_ipv4("10.0.0.2")));
  book.event("network/n", SubnetRemoved{"s"});
  CHECK(book.private_address("s").empty());
  book.subnet("t");
  CHECK(book.private_address("t") == "10.0.0.3");
  book.event("network/n", NetworkDeleted{});
  CHECK(book.private_address("t").empty());
  CHECK(book.AddressBook::subnet("u") == nullptr);
}

TEST_CASE("two networks may have the same addresses") {
  Book book;
  book.subnet("s");
  book.event("network/m", SubnetAdded{"t", "t", "10.0.0.0/29", "east"});
  book.take(only_private(*parse_ipv4("10.0.0.2")));
  CHECK(book.private_address("t") == "10.0.0.2");
}

TEST_CASE("whatever is taken and given back, the lowest free address is given") {
  CHECK(rc::check([] {
    Book book;
    book.pool("p", "255.255.255.240/28");
    const auto block = *Ipv4Block::parse("255.255.255.240/28");
    std::set<std::uint32_t> taken;
    for (auto steps = *rc::gen::inRange(0, 60); steps > 0; --steps) {
      const auto address = block.base + *rc::gen::inRange(0u, 16u);
      if (*rc::gen::arbitrary<bool>()) {
        book.take(only_public(address));
        taken.insert(address);
      } else {
        book.give_back(only_public(address));
        taken.erase(address);
      }
      std::optional<std::uint32_t> lowest;
      for (auto each = block.last(); each >= block.base; --each)
        if (taken.count(each) == 0) lowest = each;
      RC_ASSERT(book.free_public("east") == lowest);
    }
  }));
}
