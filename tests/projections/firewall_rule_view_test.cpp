#include "projections/firewall_rules/firewall_rule_view.hpp"

#include <catch2/catch.hpp>

#include "tests/projections/history.hpp"

using namespace orrery;

namespace {

FirewallMatch match_of(std::vector<FirewallEnd> sources, std::vector<FirewallEnd> destinations) {
  return {"ssh", {"tcp"}, std::move(sources), {"1-65535"}, std::move(destinations), {"22"}};
}

const FirewallMatch from_anywhere_to_v1 = match_of({{"0.0.0.0/0", ""}}, {{"", "v1"}});

struct Story : Told<FirewallRuleView> {
  Story& ruled(const std::string& id, FirewallMatch match, std::string_view project = "p") {
    tell("firewall_rule/" + id,
         FirewallRuleCreated{std::string(project), "n1", TrafficDirection::ingress,
                             FirewallAction::allow, std::move(match)});
    return *this;
  }
  Story& with_network_and_vm() {
    tell("network/n1", NetworkCreated{"p", "office", "172.16.0.0/12"});
    tell("network/n1", SubnetAdded{"s1", "floor", "172.27.0.0/20", "us-east1-a"});
    tell("vm/v1", vm_of("p", "v1"));
    return *this;
  }
  bool active(const std::string& id) const { return view.find("p", id).value().active; }
};

}  // namespace

TEST_CASE("a rule is active as long as everything that it names exists") {
  Story story;
  story.ruled("r1", from_anywhere_to_v1);
  CHECK_FALSE(story.active("r1"));
  story.with_network_and_vm();
  CHECK(story.active("r1"));
  story.tell("vm/v1", VmFailed{"node_lost", ""});
  CHECK(story.active("r1"));
  story.tell("vm/v1", VmDeleted{});
  CHECK_FALSE(story.active("r1"));
  CHECK(story.view.find("p", "r1")->version == 1);
}

TEST_CASE("a rule becomes inactive with its subnet, or with the network of it") {
  Story story;
  story.with_network_and_vm();
  story.ruled("r1", match_of({{"", "s1"}}, {{"", "n1"}}));
  story.ruled("r2", match_of({{"10.0.0.0/8", ""}}, {{"10.0.0.0/8", ""}}));
  CHECK(story.active("r1"));
  CHECK(story.active("r2"));
  SECTION("the subnet goes") {
    story.tell("network/n1", SubnetRemoved{"s1"});
    CHECK_FALSE(story.active("r1"));
    CHECK(story.active("r2"));
  }
  SECTION("the network goes") {
    story.tell("network/n1", NetworkDeleted{});
    CHECK_FALSE(story.active("r1"));
    CHECK_FALSE(story.active("r2"));
  }
}

TEST_CASE("a changed rule depends on what it names now") {
  Story story;
  story.with_network_and_vm().ruled("r1", from_anywhere_to_v1);
  story.tell("firewall_rule/r1",
             FirewallRuleChanged{match_of({{"0.0.0.0/0", ""}}, {{"", "another VM"}})});
  CHECK_FALSE(story.active("r1"));
  story.tell("firewall_rule/r1", FirewallRuleChanged{match_of({{"0.0.0.0/0", ""}}, {{"", "s1"}})});
  story.tell("vm/v1", VmDeleted{});
  CHECK(story.active("r1"));
  const auto rule = story.view.find("p", "r1").value();
  CHECK(rule.rule.match.destinations == std::vector<FirewallEnd>{{"", "s1"}});
  CHECK(rule.rule.network_id == "n1");
  CHECK(rule.version == 3);
  CHECK(rule.created_at == History::time_at(4));
  CHECK(rule.updated_at == History::time_at(6));
}

TEST_CASE("rules are listed in order of creation, deleted ones and those of others never") {
  Story story;
  story.ruled("r1", from_anywhere_to_v1).ruled("r2", from_anywhere_to_v1, "q");
  story.ruled("r3", from_anywhere_to_v1).ruled("r4", from_anywhere_to_v1);
  story.tell("firewall_rule/r3", FirewallRuleDeleted{});
  std::vector<std::string> ids;
  for (const auto& [place, rule] : story.view.list("p", {}, {}).items) ids.push_back(rule.id);
  CHECK(ids == std::vector<std::string>{"r1", "r4"});
  CHECK_FALSE(story.view.find("p", "r2"));
  CHECK_FALSE(story.view.find("p", "r3"));
  CHECK(story.view.find_with_deleted("r3")->deleted);
  const auto none = [](const FirewallRuleDetails& rule) { return rule.active; };
  CHECK(story.view.list("p", {}, none).items.empty());
}
