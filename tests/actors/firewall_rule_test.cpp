#include "actors/firewall_rule/firewall_rule.hpp"

#include <catch2/catch.hpp>

#include "tests/support/given.hpp"
#include "tests/support/play.hpp"
#include "tests/support/state_table.hpp"

using namespace orrery;

namespace {

const FirewallRuleCreated ssh{
    "p1",
    "n1",
    TrafficDirection::ingress,
    FirewallAction::allow,
    {"ssh", {"tcp"}, {{"0.0.0.0/0", ""}}, {"1-65535"}, {{"", "vm-1"}}, {"22"}}};

FirewallMatch match_with(auto change) {
  auto match = ssh.match;
  change(match);
  return match;
}

Given<FirewallRule> existing() { return given<FirewallRule>({ssh}); }
Given<FirewallRule> deleted() { return existing().then({FirewallRuleDeleted{}}); }

/// A rule is created, and changed, by the same measure.
void check_refused(const FirewallMatch& match, FirewallRule::Rejection rejection) {
  auto rule = ssh;
  rule.match = match;
  CHECK(given<FirewallRule>({}).when(FirewallRule::Create{rule}).error() == rejection);
  CHECK(existing().when(FirewallRule::Change{match}).error() == rejection);
}

}  // namespace

TEST_CASE("a firewall rule is created once") {
  CHECK(given<FirewallRule>({}).when(FirewallRule::Create{ssh}).value() ==
        decided<FirewallRule>({ssh}));
  CHECK(existing().when(FirewallRule::Create{ssh}).value().empty());
  auto other = ssh;
  other.action = FirewallAction::deny;
  CHECK(existing().when(FirewallRule::Create{other}).error() ==
        FirewallRule::Rejection::rule_exists_already);
  other.network_id.clear();
  CHECK(given<FirewallRule>({}).when(FirewallRule::Create{other}).error() ==
        FirewallRule::Rejection::network_must_not_be_empty);
  CHECK(given<FirewallRule>({}).when(FirewallRule::Delete{}).error() ==
        FirewallRule::Rejection::rule_does_not_exist);
  CHECK(deleted().when(FirewallRule::Create{ssh}).error() ==
        FirewallRule::Rejection::rule_is_deleted);
}

TEST_CASE("a firewall rule says all that it needs") {
  using Rejection = FirewallRule::Rejection;
  check_refused(match_with([](auto& match) { match.name.clear(); }),
                Rejection::name_must_not_be_empty);
  check_refused(match_with([](auto& match) { match.protocols.clear(); }),
                Rejection::protocols_must_not_be_empty);
  check_refused(match_with([](auto& match) { match.destination_ports.clear(); }),
                Rejection::ports_must_not_be_empty);
  check_refused(match_with([](auto& match) { match.sources.clear(); }),
                Rejection::ends_must_not_be_empty);
  check_refused(match_with([](auto& match) {
                  match.destinations.push_back({"", ""});
                }),
                Rejection::end_must_be_cidr_or_resource);
  check_refused(match_with([](auto& match) {
                  match.sources = {{"10.0.0.0/8", "vm-1"}};
                }),
                Rejection::end_must_be_cidr_or_resource);
}

TEST_CASE("every state of a firewall rule answers every command as the table says", "[golden]") {
  auto differently = ssh;
  differently.direction = TrafficDirection::egress;
  const auto https = match_with([](auto& match) { match.destination_ports = {"443"}; });
  check_state_table<FirewallRule>({
      {{"absent", {}},
       {"existing", existing().state},
       {"changed", existing().then({FirewallRuleChanged{https}}).state},
       {"deleted", deleted().state}},
      {{"create", FirewallRule::Create{ssh}},
       {"create, differently", FirewallRule::Create{differently}},
       {"change to port 443", FirewallRule::Change{https}},
       {"change to what it was", FirewallRule::Change{ssh.match}},
       {"delete", FirewallRule::Delete{}}},
  });
}

TEST_CASE("whatever is commanded, a firewall rule is created and deleted once") {
  const std::vector<FirewallRule::Command> commands{
      FirewallRule::Create{ssh}, FirewallRule::Delete{},
      FirewallRule::Change{match_with([](auto& match) { match.name = std::string("other"); })},
      FirewallRule::Change{ssh.match}, FirewallRule::Change{{}}};
  CHECK(rc::check([&] {
    int creations = 0, deletions = 0;
    play<FirewallRule>(commands, [&](const FirewallRule::State&, const FirewallRule::Event& event) {
      RC_ASSERT(deletions == 0);
      if (std::holds_alternative<FirewallRuleCreated>(event)) RC_ASSERT(++creations == 1);
      if (std::holds_alternative<FirewallRuleDeleted>(event)) ++deletions;
    });
  }));
}
