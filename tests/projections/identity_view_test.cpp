#include "projections/identity/identity_view.hpp"

#include <catch2/catch.hpp>

#include "tests/projections/history.hpp"

using namespace orrery;

namespace {

TokenDigest digest(char letter) {
  TokenDigest bytes;
  bytes.fill(static_cast<std::uint8_t>(letter));
  return bytes;
}
std::string raw(char letter) { return std::string(32, letter); }
std::int64_t at(Position position) { return History::time_at(position).time_since_epoch().count(); }

/// Two customers with two projects each, and Ann, who belongs to the first.
struct Story : Told<IdentityView> {
  Story() {
    tell("organization/o2", OrganizationCreated{"second", "cus_2"});
    tell("organization/o1", OrganizationCreated{"first", "cus_1"});
    tell("project/p1", ProjectCreated{"o1", "one"});
    tell("project/q1", ProjectCreated{"o2", "other"});
    tell("project/p2", ProjectCreated{"o1", "two"});
    tell("account/ann", AccountRegistered{Sealed{"ann", "box"}, "hash"});
    tell("account/ann", AccountJoinedOrganization{"o1", MemberRole::admin});
  }
  Story& signs_in(const std::string& token, char access, char refresh, Position until = 10'000) {
    tell("token/" + token, SessionOpened{"ann", raw(access), raw(refresh), at(100), at(until)});
    return *this;
  }
  Story& has_key(const std::string& token, char letter, KeyScope scope, std::string scope_id) {
    tell("token/" + token, AccessKeyIssued{raw(letter), scope, std::move(scope_id), "key", 0});
    return *this;
  }
  std::string projects(char letter) const {
    std::string ids;
    for (const auto& project : view.projects_of(*view.principal_of(digest(letter))))
      ids += project.id + " ";
    return ids;
  }
  std::string organizations(char letter) const {
    std::string ids;
    for (const auto& each : view.organizations_of(*view.principal_of(digest(letter))))
      ids += each.id + " ";
    return ids;
  }
};

}  // namespace

TEST_CASE("a session speaks for its account until it expires") {
  Story story;
  story.signs_in("s", 'a', 'r');
  const auto principal = story.view.principal_of(digest('a'));
  REQUIRE(principal);
  CHECK(principal->kind == Principal::Kind::session);
  CHECK(principal->account_id == "ann");
  CHECK(principal->token_id == "s");
  CHECK(principal->actor == "account/ann");
  CHECK_FALSE(principal->expired(History::time_at(99)));
  CHECK(principal->expired(History::time_at(100)));
  CHECK_FALSE(story.view.principal_of(digest('r')));
  CHECK_FALSE(story.view.principal_of(digest('z')));
}

TEST_CASE("a refresh replaces both tokens and remembers the old refresh token") {
  Story story;
  story.signs_in("s", 'a', 'r');
  CHECK(story.view.refresh_token(digest('r'))->current);
  story.tell("token/s", SessionRefreshed{raw('b'), raw('t'), at(200), at(20'000)});
  CHECK_FALSE(story.view.principal_of(digest('a')));
  CHECK(story.view.principal_of(digest('b'))->expires_at == History::time_at(200));
  const auto old = story.view.refresh_token(digest('r')).value();
  CHECK_FALSE(old.current);
  CHECK(old.token_id == "s");
  CHECK(old.account_id == "ann");
  CHECK(story.view.refresh_token(digest('t'))->current);
  CHECK(story.view.refresh_token(digest('t'))->expires_at == History::time_at(20'000));
}

TEST_CASE("a revoked family is gone with all its tokens") {
  Story story;
  story.signs_in("s", 'a', 'r');
  story.tell("token/s", SessionRefreshed{raw('b'), raw('t'), at(200), at(20'000)});
  story.tell("token/s", TokenRevoked{"an old refresh token was used"});
  CHECK_FALSE(story.view.principal_of(digest('b')));
  CHECK_FALSE(story.view.refresh_token(digest('r')));
  CHECK_FALSE(story.view.refresh_token(digest('t')));
}

TEST_CASE("a session beyond refreshing is forgotten at a later sign-in") {
  Story story;
  story.signs_in("s", 'a', 'r', 9).signs_in("u", 'b', 't');
  CHECK_FALSE(story.view.refresh_token(digest('r')));
  CHECK(story.view.refresh_token(digest('t')));
}

TEST_CASE("a disabled account has no sessions and gets none") {
  Story story;
  story.signs_in("s", 'a', 'r');
  story.tell("account/ann", AccountDisabled{});
  story.signs_in("u", 'b', 't');
  CHECK_FALSE(story.view.principal_of(digest('a')));
  CHECK_FALSE(story.view.principal_of(digest('b')));
  CHECK_FALSE(story.view.refresh_token(digest('r')));
  CHECK(story.view.account("ann")->disabled);
}

TEST_CASE("an account that is enabled again signs in again, and what it had open stays closed") {
  Story story;
  story.signs_in("s", 'a', 'r');
  story.tell("account/ann", AccountDisabled{}).tell("account/ann", AccountEnabled{});
  CHECK_FALSE(story.view.principal_of(digest('a')));
  CHECK_FALSE(story.view.account("ann")->disabled);
  story.signs_in("u", 'b', 't');
  CHECK(story.view.principal_of(digest('b')));
}

TEST_CASE("a changed password ends every session of its account, and no other") {
  Story story;
  story.signs_in("s", 'a', 'r').has_key("o", 'o', KeyScope::organization, "o1");
  story.tell("token/b", SessionOpened{"bob", raw('b'), raw('t'), at(100), at(10'000)});
  story.tell("account/ann", AccountPasswordChanged{"new hash"});
  CHECK_FALSE(story.view.principal_of(digest('a')));
  CHECK_FALSE(story.view.refresh_token(digest('r')));
  CHECK(story.view.principal_of(digest('b')));
  CHECK(story.view.principal_of(digest('o')));
}

TEST_CASE("who leaves an organization reaches it no more") {
  Story story;
  story.signs_in("s", 's', 'r');
  story.tell("account/ann", AccountLeftOrganization{"o1"});
  CHECK(story.projects('s').empty());
  CHECK(story.organizations('s').empty());
  CHECK(story.view.members_of("o1").empty());
}

TEST_CASE("organizations and projects show their present names") {
  Story story;
  story.tell("organization/o1", OrganizationRenamed{"Apex"});
  story.tell("project/p1", ProjectRenamed{"uno"});
  CHECK(story.view.organization("o1")->name == "Apex");
  CHECK(story.view.project("p1")->name == "uno");
}

TEST_CASE("keys reach what their scope says") {
  Story story;
  story.signs_in("s", 's', 'r');
  story.has_key("o", 'o', KeyScope::organization, "o1").has_key("p", 'p', KeyScope::project, "p2");
  story.has_key("x", 'x', KeyScope::operator_, "");
  CHECK(story.projects('s') == "p1 p2 ");
  CHECK(story.projects('o') == "p1 p2 ");
  CHECK(story.projects('p') == "p2 ");
  CHECK(story.projects('x') == "p1 q1 p2 ");
  CHECK(story.organizations('s') == "o1 ");
  CHECK(story.organizations('o') == "o1 ");
  CHECK(story.organizations('p') == "o1 ");
  CHECK(story.organizations('x') == "o2 o1 ");
  CHECK(story.view.principal_of(digest('o'))->actor == "token/o");

  for (const char letter : {'s', 'o', 'p', 'x'})
    for (const auto* project : {"p1", "q1", "p2", "absent"}) {
      const bool listed = (" " + story.projects(letter)).find(" " + std::string(project) + " ") !=
                          std::string::npos;
      CHECK(story.view.may_reach_project(*story.view.principal_of(digest(letter)), project) ==
            listed);
    }
  CHECK(story.view.may_reach_organization(*story.view.principal_of(digest('p')), "o1"));
  CHECK_FALSE(story.view.may_reach_organization(*story.view.principal_of(digest('p')), "o2"));
}

TEST_CASE("a revoked key opens nothing; one without expiry never expires") {
  Story story;
  story.has_key("o", 'o', KeyScope::organization, "o1");
  CHECK_FALSE(story.view.principal_of(digest('o'))->expired(Time::max() - Time::duration(1)));
  story.tell("token/o", TokenRevoked{"lost"});
  CHECK_FALSE(story.view.principal_of(digest('o')));
}

TEST_CASE("keys are listed with who issued them, and found by their ids, until they are revoked") {
  Story story;
  story.has_key("p", 'p', KeyScope::project, "p2").has_key("o", 'o', KeyScope::organization, "o1");
  story.has_key("q", 'q', KeyScope::project, "q1").has_key("x", 'x', KeyScope::operator_, "");
  const auto ids = [](const std::vector<KeyDetails>& keys) {
    std::string text;
    for (const auto& key : keys) text += key.id + " ";
    return text;
  };
  CHECK(ids(story.view.keys_of_organization("o1")) == "o p ");
  CHECK(ids(story.view.keys_of_organization("o2")) == "q ");
  CHECK(ids(story.view.operator_keys()) == "x ");
  CHECK(story.view.key("p")->scope_id == "p2");
  CHECK(story.view.key("p")->created_by == "test");
  CHECK(story.view.key("p")->created_at == History::time_at(8));
  CHECK(story.view.key("p")->expires_at == Time::max());
  CHECK(story.view.principal_of_key("p") == story.view.principal_of(digest('p')));
  story.tell("token/p", TokenRevoked{"lost"});
  CHECK(ids(story.view.keys_of_organization("o1")) == "o ");
  CHECK_FALSE(story.view.key("p"));
  CHECK_FALSE(story.view.principal_of_key("p"));
}

TEST_CASE("a namespace's key speaks for its namespace alone") {
  Story story;
  // A namespace may be called like a project.
  story.has_key("n", 'n', KeyScope::namespace_, "p1").has_key("p", 'p', KeyScope::project, "p1");
  const auto principal = story.view.principal_of(digest('n'));
  REQUIRE(principal);
  CHECK(principal->kind == Principal::Kind::namespace_key);
  CHECK(principal->namespace_id == "p1");
  CHECK(principal->project_id.empty());
  CHECK(principal->actor == "token/n");
  CHECK(story.projects('n').empty());
  CHECK(story.organizations('n').empty());
  CHECK_FALSE(story.view.may_reach_project(*principal, "p1"));
  CHECK_FALSE(story.view.may_reach_organization(*principal, "o1"));
  CHECK_FALSE(story.view.role_in(*principal, "o1"));
  REQUIRE(story.view.keys_of_namespace("p1").size() == 1);
  CHECK(story.view.keys_of_namespace("p1")[0].id == "n");
  REQUIRE(story.view.keys_of_organization("o1").size() == 1);
  CHECK(story.view.keys_of_organization("o1")[0].id == "p");
  CHECK(story.view.keys_of_namespace("p2").empty());
}

TEST_CASE("a regenerated key opens by its new secret only, and keeps its id and place") {
  Story story;
  story.has_key("n", 'n', KeyScope::namespace_, "c1").has_key("m", 'm', KeyScope::namespace_, "c1");
  story.tell("token/n", AccessKeyRegenerated{raw('q'), at(500)});
  CHECK_FALSE(story.view.principal_of(digest('n')));
  REQUIRE(story.view.principal_of(digest('q')));
  CHECK(story.view.principal_of(digest('q'))->token_id == "n");
  CHECK(story.view.principal_of(digest('q'))->expires_at == History::time_at(500));
  CHECK(story.view.principal_of_key("n") == story.view.principal_of(digest('q')));
  const auto keys = story.view.keys_of_namespace("c1");
  REQUIRE(keys.size() == 2);
  CHECK(keys[0].id == "n");
  CHECK(keys[0].expires_at == History::time_at(500));
  CHECK(keys[0].created_at == story.view.key("n")->created_at);
  story.tell("token/n", TokenRevoked{"lost"});
  CHECK_FALSE(story.view.principal_of(digest('q')));
  CHECK(story.view.keys_of_namespace("c1").size() == 1);
}

TEST_CASE("roles are those of members and of the organization's own key") {
  Story story;
  story.tell("account/bob", AccountRegistered{Sealed{"bob", "box"}, "hash"});
  story.tell("account/bob", AccountJoinedOrganization{"o1", MemberRole::member});
  story.signs_in("s", 's', 'r');
  story.has_key("o", 'o', KeyScope::organization, "o1").has_key("p", 'p', KeyScope::project, "p2");
  const auto role = [&](char letter, std::string_view organization) {
    return story.view.role_in(*story.view.principal_of(digest(letter)), organization);
  };
  CHECK(role('s', "o1") == MemberRole::admin);
  CHECK(role('o', "o1") == MemberRole::admin);
  CHECK_FALSE(role('s', "o2"));
  CHECK_FALSE(role('o', "o2"));
  CHECK_FALSE(role('p', "o1"));
  const auto members = story.view.members_of("o1");
  REQUIRE(members.size() == 2);
  CHECK(members[0].account_id == "ann");
  CHECK(members[1].role == MemberRole::member);
  CHECK(story.view.members_of("o2").empty());
}

TEST_CASE("accounts, organizations and projects are found by id") {
  Story story;
  story.tell("account/ann", AccountPasswordChanged{"new hash"});
  const auto account = story.view.account("ann").value();
  CHECK(account.email == Sealed{"ann", "box"});
  CHECK(account.password_hash == "new hash");
  CHECK(account.organizations.at("o1") == MemberRole::admin);
  CHECK(story.view.organization("o1")->stripe_customer_id == "cus_1");
  CHECK(story.view.project("p2")->name == "two");
  CHECK(story.view.project("p2")->created_at == History::time_at(5));
  CHECK_FALSE(story.view.account("bob"));
  CHECK_FALSE(story.view.organization("o3"));
  CHECK_FALSE(story.view.project("p3"));
}
