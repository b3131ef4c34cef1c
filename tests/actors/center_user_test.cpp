#include "actors/center_user/center_user.hpp"

#include <catch2/catch.hpp>

#include "tests/support/given.hpp"
#include "tests/support/state_table.hpp"

using namespace orrery;
using Rejection = CenterUser::Rejection;

namespace {

CenterUserApplied application() {
  CenterUserApplied application;
  application.person.full_name = {"center-kim", "box"};
  application.person.email = {"center-kim", "box"};
  application.class_name = "A";
  application.team = "vision";
  application.request_id = "r1";
  application.request_digest = "d1";
  return application;
}
const CenterGrant grant{"A", "vision", {}, CenterRole::none};
const CenterUserApproved approval{grant, 10'001};
const CenterUserSuspended suspension{"mined coins", 2'000};

Given<CenterUser> nobody() { return given<CenterUser>({}); }
Given<CenterUser> applied() { return given<CenterUser>({application()}); }
Given<CenterUser> declined() { return applied().then({CenterUserDeclined{"who are you?"}}); }
Given<CenterUser> approved() { return applied().then({approval}); }
Given<CenterUser> suspended() { return approved().then({suspension}); }
Given<CenterUser> erased() { return approved().then({CenterUserErased{}}); }

}  // namespace

TEST_CASE("somebody applies, is approved, suspended and reinstated") {
  CHECK(nobody().when(CenterUser::Apply{application()}).value() ==
        decided<CenterUser>({application()}));
  CHECK(applied().when(CenterUser::Approve{approval}).value() == decided<CenterUser>({approval}));
  CHECK(approved().when(CenterUser::Suspend{suspension}).value() ==
        decided<CenterUser>({suspension}));
  CHECK(suspended().when(CenterUser::Suspend{suspension}).value().empty());
  CHECK(suspended().when(CenterUser::Reinstate{}).value() ==
        decided<CenterUser>({CenterUserReinstated{}}));
  CHECK(approved().when(CenterUser::Reinstate{}).value().empty());
}

TEST_CASE("an application that is sent again is the same one") {
  CHECK(applied().when(CenterUser::Apply{application()}).value().empty());
  auto sealed_anew = application();
  sealed_anew.person.full_name.box = "another box";
  CHECK(applied().when(CenterUser::Apply{sealed_anew}).value().empty());
  sealed_anew.request_digest = "d2";
  CHECK(applied().when(CenterUser::Apply{sealed_anew}).error() == Rejection::user_exists_already);
  CHECK(approved().when(CenterUser::Apply{application()}).error() ==
        Rejection::user_exists_already);
}

TEST_CASE("who was declined may apply again, and be approved after all") {
  CHECK(applied().when(CenterUser::Decline{""}).error() == Rejection::reason_must_not_be_empty);
  CHECK(applied().when(CenterUser::Decline{"no"}).value() ==
        decided<CenterUser>({CenterUserDeclined{"no"}}));
  CHECK(declined().when(CenterUser::Decline{"no"}).value().empty());
  CHECK(declined().when(CenterUser::Apply{application()}).value().size() == 1);
  CHECK(declined().when(CenterUser::Approve{approval}).value().size() == 1);
  CHECK(approved().when(CenterUser::Decline{"no"}).error() == Rejection::user_exists_already);
  CHECK(nobody().when(CenterUser::Decline{"no"}).error() == Rejection::user_does_not_exist);
}

TEST_CASE("an admin makes a user at once, with a class and a team") {
  CHECK(nobody().when(CenterUser::Approve{approval}).value() == decided<CenterUser>({approval}));
  CHECK(nobody().when(CenterUser::Approve{{{"", "vision", {}, {}}, 1}}).error() ==
        Rejection::class_must_not_be_empty);
  CHECK(nobody().when(CenterUser::Approve{{{"A", "", {}, {}}, 1}}).error() ==
        Rejection::team_must_not_be_empty);
  auto classless = application();
  classless.class_name.clear();
  CHECK(nobody().when(CenterUser::Apply{classless}).error() == Rejection::class_must_not_be_empty);
}

TEST_CASE("an approval that is sent again gives no other number") {
  CHECK(approved().when(CenterUser::Approve{{grant, 10'002}}).value().empty());
  CHECK(approved().when(CenterUser::Approve{{{"B", "vision", {}, {}}, 10'001}}).error() ==
        Rejection::user_exists_already);
}

TEST_CASE("what a user is granted changes, for who is approved") {
  CenterGrant more = grant;
  more.limits.gpus_max = 8;
  more.role = CenterRole::operator_;
  CHECK(approved().when(CenterUser::ChangeGrant{more}).value() ==
        decided<CenterUser>({CenterUserGrantChanged{more}}));
  const auto changed = suspended().then({CenterUserGrantChanged{more}});
  CHECK(changed.when(CenterUser::ChangeGrant{more}).value().empty());
  CHECK(std::get<CenterUser::Approved>(changed.state).suspension == suspension);
  more.team.clear();
  CHECK(approved().when(CenterUser::ChangeGrant{more}).error() ==
        Rejection::team_must_not_be_empty);
  CHECK(applied().when(CenterUser::ChangeGrant{grant}).error() == Rejection::user_is_not_approved);
  CHECK(declined().when(CenterUser::Suspend{suspension}).error() ==
        Rejection::user_is_not_approved);
  CHECK(approved().when(CenterUser::Suspend{}).error() == Rejection::reason_must_not_be_empty);
}

TEST_CASE("tokens are revoked up to a moment, which never goes back") {
  CHECK(approved().when(CenterUser::RevokeTokens{500}).value() ==
        decided<CenterUser>({CenterUserTokensRevoked{500}}));
  const auto revoked = approved().then({CenterUserTokensRevoked{500}});
  CHECK(revoked.when(CenterUser::RevokeTokens{500}).value().empty());
  CHECK(revoked.when(CenterUser::RevokeTokens{400}).value().empty());
  CHECK(revoked.when(CenterUser::RevokeTokens{501}).value().size() == 1);
}

TEST_CASE("a user of the center who is erased is gone for good") {
  for (const auto& user : {applied(), declined(), approved(), suspended()})
    CHECK(user.when(CenterUser::Erase{}).value() == decided<CenterUser>({CenterUserErased{}}));
  CHECK(erased().when(CenterUser::Erase{}).value().empty());
  CHECK(erased().when(CenterUser::Apply{application()}).error() == Rejection::user_is_erased);
  CHECK(erased().when(CenterUser::Approve{approval}).error() == Rejection::user_is_erased);
  CHECK(CenterUser::is_terminal(erased().state));
}

TEST_CASE("a login name is short, in lower case and begins with a letter") {
  for (const auto* name : {"a", "kim", "kim-2", "a_b", "abcdefghijklmnopqrstuvwxyz012345"})
    CHECK(is_login_name(name));
  for (const auto* name : {"", "Kim", "2kim", "-kim", "_kim", "kim.lee", "kim lee", "김", "../kim",
                           "abcdefghijklmnopqrstuvwxyz0123456"})
    CHECK_FALSE(is_login_name(name));
}

TEST_CASE("what a person tells is sealed for a login name") {
  for (const auto* subject : {"kim", "center-", "center-Kim", "center-../kim", "account-kim"}) {
    auto wish = application();
    wish.person.purpose = {subject, "box"};
    CHECK(nobody().when(CenterUser::Apply{wish}).error() == Rejection::name_is_not_a_login_name);
  }
}

TEST_CASE("every state of a center's user answers every command as the table says", "[golden]") {
  check_state_table<CenterUser>({
      {{"absent", nobody().state},
       {"applied", applied().state},
       {"declined", declined().state},
       {"approved", approved().state},
       {"suspended", suspended().state},
       {"erased", erased().state}},
      {{"apply", CenterUser::Apply{application()}},
       {"approve", CenterUser::Approve{approval}},
       {"approve as another", CenterUser::Approve{{{"B", "x", {}, {}}, 2}}},
       {"decline", CenterUser::Decline{"no"}},
       {"change grant", CenterUser::ChangeGrant{{"B", "x", {}, {}}}},
       {"suspend", CenterUser::Suspend{suspension}},
       {"reinstate", CenterUser::Reinstate{}},
       {"revoke tokens", CenterUser::RevokeTokens{1}},
       {"erase", CenterUser::Erase{}}},
  });
}
