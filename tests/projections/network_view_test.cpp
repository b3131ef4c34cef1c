#include "projections/networks/network_view.hpp"

#include <catch2/catch.hpp>

#include "events/default_network.hpp"
#include "tests/projections/history.hpp"

using namespace orrery;

namespace {

using Ids = std::vector<std::string>;

struct Story : Told<NetworkView> {
  Story& created(const std::string& id, std::string_view project = "p") {
    tell("network/" + id, NetworkCreated{std::string(project), "office", "172.16.0.0/12"});
    return *this;
  }
  Story& added(const std::string& network, const std::string& subnet) {
    tell("network/" + network, SubnetAdded{subnet, "floor", "172.27.0.0/20", "us-east1-a"});
    return *this;
  }
  Ids networks(const PageRequest& request = {}) const {
    Ids ids;
    for (const auto& [place, network] : view.list_networks("p", request, {}).items)
      ids.push_back(network.id);
    return ids;
  }
  Ids subnets(const NetworkView::SubnetFilter& filter = {}) const {
    Ids ids;
    for (const auto& [place, subnet] : view.list_subnets("p", {}, filter).items)
      ids.push_back(subnet.id);
    return ids;
  }
};

}  // namespace

TEST_CASE("a network shows its subnets, and a subnet its network") {
  Story story;
  story.created("n1").added("n1", "s2").added("n1", "s1");
  story.tell("network/n1", NetworkRenamed{"home"});
  story.tell("network/n1", SubnetRenamed{"s1", "ground"});
  const auto network = story.view.find_network("p", "n1").value();
  CHECK(network.name == "home");
  CHECK(network.cidr == "172.16.0.0/12");
  CHECK(network.subnet_ids == Ids{"s2", "s1"});
  CHECK(network.version == 4);
  const auto subnet = story.view.find_subnet("p", "s1").value();
  CHECK(subnet.name == "ground");
  CHECK(subnet.network_id == "n1");
  CHECK(subnet.cidr == "172.27.0.0/20");
  CHECK(subnet.location == "us-east1-a");
  CHECK(subnet.created_at == History::time_at(3));
  CHECK(subnet.updated_at == History::time_at(5));
  CHECK(subnet.version == 5);
}

TEST_CASE("a removed subnet leaves its network, and a deleted network takes its subnets along") {
  Story story;
  story.created("n1").added("n1", "s1").added("n1", "s2").created("n2").added("n2", "s3");
  story.tell("network/n1", SubnetRemoved{"s1"});
  CHECK(story.view.find_network("p", "n1")->subnet_ids == Ids{"s2"});
  CHECK_FALSE(story.view.find_subnet("p", "s1"));
  story.tell("network/n1", NetworkDeleted{});
  CHECK(story.networks() == Ids{"n2"});
  CHECK(story.subnets() == Ids{"s3"});
  CHECK(story.view.find_network_with_deleted("n1")->deleted);
  CHECK(story.view.find_subnet_with_deleted("s2")->deleted);
}

TEST_CASE("networks are listed by page, subnets by filter, those of others never") {
  Story story;
  story.created("n1").created("n2", "q").created("n3").added("n3", "s1").added("n2", "s2");
  CHECK(story.networks() == Ids{"n1", "n3"});
  const auto page = story.view.list_networks("p", {0, 1}, {});
  CHECK(page.more);
  CHECK(story.networks({page.next, 1}) == Ids{"n3"});
  CHECK(story.networks({0, 1, Direction::newest_first}) == Ids{"n3"});
  CHECK(story.networks({page.next, 1, Direction::newest_first}).empty());
  CHECK(story.subnets() == Ids{"s1"});
  CHECK(
      story.subnets([](const SubnetDetails& subnet) { return subnet.network_id == "n1"; }).empty());
  CHECK_FALSE(story.view.find_network("p", "n2"));
  CHECK_FALSE(story.view.find_subnet("p", "s2"));
}

TEST_CASE("a subnet counts the VMs that have an address there") {
  Story story;
  const auto usual = default_network("p", "us-east1-a").subnet_id;
  story.tell("vm/v1", vm_of("p", "v1"));
  auto in_s1 = vm_of("p", "v2");
  in_s1.specification.subnet_id = std::string("s1");
  story.tell("vm/v2", in_s1);
  CHECK(story.view.vm_count(usual) == 1);
  CHECK(story.view.vm_count("s1") == 1);
  story.tell("vm/v1", VmNetworkChanged{"s1", PublicAddress::dynamic, "172.27.0.2", "1.2.3.4"});
  CHECK(story.view.vm_count(usual) == 0);
  CHECK(story.view.vm_count("s1") == 2);
  story.tell("vm/v1", VmFailed{}).tell("vm/v1", VmDeleted{}).tell("vm/v2", VmDeleted{});
  CHECK(story.view.vm_count("s1") == 0);
}
