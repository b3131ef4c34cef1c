#include "actors/network/network.hpp"

#include <catch2/catch.hpp>

#include "actors/network/ipv4_block.hpp"
#include "tests/support/given.hpp"
#include "tests/support/play.hpp"
#include "tests/support/state_table.hpp"

using namespace orrery;

namespace {

const NetworkCreated office{"p1", "office", "172.16.0.0/12"};
const SubnetAdded first_floor{"s1", "first", "172.27.0.0/20", "us-east1-a"};

SubnetAdded subnet(const std::string& id, const std::string& cidr) {
  return {id, "subnet " + id, cidr, "us-east1-a"};
}

Given<Network> existing() { return given<Network>({office}); }
Given<Network> with_subnet() { return existing().then({first_floor}); }
Given<Network> without_it_again() { return with_subnet().then({SubnetRemoved{"s1"}}); }
Given<Network> deleted() { return with_subnet().then({NetworkDeleted{}}); }

Network::Rejection refused_subnet(const std::string& id, const std::string& cidr) {
  return with_subnet().when(Network::AddSubnet{subnet(id, cidr)}).error();
}

}  // namespace

TEST_CASE("a block of addresses is written in one way") {
  for (const auto* text : {"0.0.0.0/0", "172.27.0.0/16", "10.1.2.3/32", "255.255.255.254/31"}) {
    INFO(text);
    CHECK(Ipv4Block::parse(text).value().text() == text);
  }
  for (const auto* text : {"", "/", "172.27.0.0", "172.27.0.0/", "172.27.0.0/33", "172.27.0.1/16",
                           "172.27.0/16", "172.027.0.0/16", "172.27.0.0/016", "172.27.0.0/16 ",
                           " 172.27.0.0/16", "172.27.0.0/-1", "::/0", "1.2.3.4/32/32"}) {
    INFO(text);
    CHECK_FALSE(Ipv4Block::parse(text));
  }
}

TEST_CASE("blocks contain and overlap") {
  const auto block = [](const char* text) { return Ipv4Block::parse(text).value(); };
  CHECK(block("0.0.0.0/0").contains(block("255.255.255.255/32")));
  CHECK(block("0.0.0.0/0").size() == std::uint64_t{1} << 32);
  CHECK(block("172.16.0.0/12").contains(block("172.31.0.0/16")));
  CHECK_FALSE(block("172.31.0.0/16").contains(block("172.16.0.0/12")));
  CHECK(block("172.31.0.0/16").overlaps(block("172.16.0.0/12")));
  CHECK_FALSE(block("172.31.0.0/16").overlaps(block("172.30.0.0/16")));
}

TEST_CASE("hosts of a subnet are neither its own address, nor its gateway, nor the broadcast") {
  const auto hosts = host_range(Ipv4Block::parse("172.27.16.0/20").value()).value();
  CHECK(ipv4_text(hosts.first) == "172.27.16.2");
  CHECK(ipv4_text(hosts.last) == "172.27.31.254");
  CHECK(gateway_of(Ipv4Block::parse("172.27.16.0/20").value()) == "172.27.16.1");
  CHECK_FALSE(host_range(Ipv4Block::parse("172.27.16.0/31").value()));
}

TEST_CASE("a network is created once, with a name and a block of sensible size") {
  const auto absent = given<Network>({});
  CHECK(absent.when(Network::Create{office}).value() == decided<Network>({office}));
  CHECK(existing().when(Network::Create{office}).value().empty());
  CHECK(existing().when(Network::Create{{"p1", "other", "10.0.0.0/8"}}).error() ==
        Network::Rejection::network_exists_already);
  CHECK(absent.when(Network::Create{{"p1", "", "10.0.0.0/8"}}).error() ==
        Network::Rejection::name_must_not_be_empty);
  for (const auto* cidr : {"10.0.0.0/7", "10.0.0.0/30", "10.0.0.1/8", "office"})
    CHECK(absent.when(Network::Create{{"p1", "office", cidr}}).error() ==
          Network::Rejection::cidr_is_malformed);
  CHECK(absent.when(Network::Delete{}).error() == Network::Rejection::network_does_not_exist);
}

TEST_CASE("subnets lie within their network and apart from each other") {
  CHECK(with_subnet().when(Network::AddSubnet{subnet("s2", "172.27.16.0/20")}).value().size() == 1);
  CHECK(with_subnet().when(Network::AddSubnet{first_floor}).value().empty());
  CHECK(refused_subnet("s1", "172.27.16.0/20") == Network::Rejection::subnet_exists_already);
  CHECK(refused_subnet("s2", "172.27.8.0/24") == Network::Rejection::subnet_overlaps_with_another);
  CHECK(refused_subnet("s2", "172.27.0.0/16") == Network::Rejection::subnet_overlaps_with_another);
  CHECK(refused_subnet("s2", "172.32.0.0/20") ==
        Network::Rejection::subnet_lies_outside_the_network);
  CHECK(refused_subnet("s2", "172.0.0.0/8") == Network::Rejection::subnet_lies_outside_the_network);
  CHECK(refused_subnet("s2", "172.27.16.0/30") == Network::Rejection::cidr_is_malformed);
}

TEST_CASE("a network has a limited number of subnets") {
  auto network = given<Network>({{NetworkCreated{"p1", "office", "10.0.0.0/8"}}});
  for (std::size_t i = 0; i < Network::subnet_count_max; ++i)
    network =
        network.then({subnet("s" + std::to_string(i),
                             ipv4_text(0x0A000000 + static_cast<std::uint32_t>(i) * 256) + "/24")});
  CHECK(network.when(Network::AddSubnet{subnet("one more", "10.200.0.0/24")}).error() ==
        Network::Rejection::too_many_subnets);
}

TEST_CASE("a subnet that was removed never comes back, but another may take its block") {
  CHECK(without_it_again().when(Network::AddSubnet{first_floor}).error() ==
        Network::Rejection::subnet_is_removed);
  CHECK(without_it_again().when(Network::AddSubnet{subnet("s2", "172.27.0.0/20")}).value().size() ==
        1);
  CHECK(without_it_again().when(Network::RenameSubnet{"s1", "ground"}).error() ==
        Network::Rejection::subnet_does_not_exist);
  CHECK(deleted().when(Network::Create{office}).error() == Network::Rejection::network_is_deleted);
}

TEST_CASE("every state of a network answers every command as the table says", "[golden]") {
  check_state_table<Network>({
      {{"absent", {}},
       {"existing", existing().state},
       {"with subnet s1", with_subnet().state},
       {"without s1 again", without_it_again().state},
       {"deleted", deleted().state}},
      {{"create", Network::Create{office}},
       {"create, differently", Network::Create{{"p1", "other", "172.16.0.0/12"}}},
       {"rename", Network::Rename{"home"}},
       {"rename to the same", Network::Rename{"office"}},
       {"rename to nothing", Network::Rename{""}},
       {"add subnet s1", Network::AddSubnet{first_floor}},
       {"add subnet s1, differently", Network::AddSubnet{subnet("s1", "172.27.16.0/20")}},
       {"add subnet s2", Network::AddSubnet{subnet("s2", "172.27.16.0/20")}},
       {"add subnet s2, overlapping s1", Network::AddSubnet{subnet("s2", "172.27.0.0/24")}},
       {"rename subnet s1", Network::RenameSubnet{"s1", "ground"}},
       {"rename subnet s1 to the same", Network::RenameSubnet{"s1", "first"}},
       {"rename subnet s1 to nothing", Network::RenameSubnet{"s1", ""}},
       {"remove subnet s1", Network::RemoveSubnet{"s1"}},
       {"remove subnet s2", Network::RemoveSubnet{"s2"}},
       {"delete", Network::Delete{}}},
  });
}

TEST_CASE("whatever is commanded, the subnets of a network never overlap") {
  std::vector<Network::Command> commands{Network::Create{office}, Network::Rename{"home"}};
  for (const auto* id : {"s1", "s2", "s3", "s4"}) {
    commands.emplace_back(Network::RemoveSubnet{id});
    commands.emplace_back(Network::RenameSubnet{id, "renamed"});
    for (const auto* cidr : {"172.16.0.0/12", "172.27.0.0/16", "172.27.0.0/20", "172.27.16.0/20",
                             "172.27.16.0/29", "10.0.0.0/24"})
      commands.emplace_back(Network::AddSubnet{subnet(id, cidr)});
  }
  CHECK(rc::check([&] {
    std::map<std::string, Ipv4Block> blocks;
    play<Network>(commands, [&](const Network::State&, const Network::Event& event) {
      if (const auto* added = std::get_if<SubnetAdded>(&event)) {
        const auto block = Ipv4Block::parse(added->cidr).value();
        for (const auto& [id, other] : blocks) RC_ASSERT(!other.overlaps(block));
        RC_ASSERT(blocks.emplace(added->subnet_id, block).second);
      } else if (const auto* removed = std::get_if<SubnetRemoved>(&event)) {
        RC_ASSERT(blocks.erase(removed->subnet_id) == 1);
      }
    });
  }));
}
