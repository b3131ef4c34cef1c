#include <catch2/catch.hpp>

#include "actors/account/account.hpp"
#include "actors/organization/organization.hpp"
#include "actors/project/project.hpp"
#include "tests/support/given.hpp"
#include "tests/support/state_table.hpp"

using namespace orrery;

namespace {

const AccountRegistered person{{"a1", "sealed"}, "$argon2id$1"};
const AccountJoinedOrganization membership{"o1", MemberRole::admin};

Given<Account> active() { return given<Account>({person}); }
Given<Account> member() { return active().then({membership}); }
Given<Account> disabled() { return member().then({AccountDisabled{}}); }

}  // namespace

TEST_CASE("an organization is created once") {
  const OrganizationCreated acme{"Acme", "cus_1"};
  CHECK(given<Organization>({}).when(Organization::Create{acme}).value() ==
        decided<Organization>({acme}));
  CHECK(given<Organization>({acme}).when(Organization::Create{acme}).value().empty());
  CHECK(given<Organization>({acme}).when(Organization::Create{{"Other", ""}}).error() ==
        Organization::Rejection::organization_exists_already);
  CHECK(given<Organization>({}).when(Organization::Create{{"", ""}}).error() ==
        Organization::Rejection::name_must_not_be_empty);
}

TEST_CASE("a project is created once, and within an organization") {
  const ProjectCreated demo{"o1", "Demo"};
  CHECK(given<Project>({}).when(Project::Create{demo}).value() == decided<Project>({demo}));
  CHECK(given<Project>({demo}).when(Project::Create{demo}).value().empty());
  CHECK(given<Project>({demo}).when(Project::Create{{"o2", "Demo"}}).error() ==
        Project::Rejection::project_exists_already);
  CHECK(given<Project>({}).when(Project::Create{{"o1", ""}}).error() ==
        Project::Rejection::name_must_not_be_empty);
  CHECK(given<Project>({}).when(Project::Create{{"", "Demo"}}).error() ==
        Project::Rejection::organization_must_not_be_empty);
}

TEST_CASE("an account is registered once") {
  CHECK(given<Account>({}).when(Account::Register{person}).value() == decided<Account>({person}));
  CHECK(active().when(Account::Register{person}).value().empty());
  CHECK(active().when(Account::Register{{{"a1", "sealed"}, "$argon2id$2"}}).error() ==
        Account::Rejection::account_exists_already);
  CHECK(given<Account>({}).when(Account::Register{{{"a1", "sealed"}, ""}}).error() ==
        Account::Rejection::password_hash_must_not_be_empty);
  CHECK(given<Account>({}).when(Account::Disable{}).error() ==
        Account::Rejection::account_does_not_exist);
}

TEST_CASE("an organization and a project are renamed, and a retry of their creation is still one") {
  const OrganizationCreated acme{"Acme", "cus_1"};
  const auto renamed = given<Organization>({acme, OrganizationRenamed{"Apex"}});
  CHECK(given<Organization>({acme}).when(Organization::Rename{"Apex"}).value() ==
        decided<Organization>({OrganizationRenamed{"Apex"}}));
  CHECK(renamed.when(Organization::Rename{"Apex"}).value().empty());
  CHECK(renamed.when(Organization::Create{acme}).value().empty());
  CHECK(renamed.when(Organization::Rename{""}).error() ==
        Organization::Rejection::name_must_not_be_empty);
  CHECK(given<Organization>({}).when(Organization::Rename{"Apex"}).error() ==
        Organization::Rejection::organization_does_not_exist);
  const ProjectCreated demo{"o1", "Demo"};
  CHECK(given<Project>({demo}).when(Project::Rename{"Test"}).value() ==
        decided<Project>({ProjectRenamed{"Test"}}));
  CHECK(given<Project>({}).when(Project::Rename{"Test"}).error() ==
        Project::Rejection::project_does_not_exist);
}

TEST_CASE("a member's role changes, and a member leaves") {
  const AccountJoinedOrganization as_member{"o1", MemberRole::member};
  CHECK(member().when(Account::JoinOrganization{as_member}).value() ==
        decided<Account>({as_member}));
  CHECK(member().when(Account::LeaveOrganization{"o1"}).value() ==
        decided<Account>({AccountLeftOrganization{"o1"}}));
  CHECK(member().when(Account::LeaveOrganization{"o2"}).value().empty());
  CHECK(active().when(Account::LeaveOrganization{"o1"}).value().empty());
}

TEST_CASE("an account that is enabled again is what it was") {
  CHECK(disabled().when(Account::Enable{}).value() == decided<Account>({AccountEnabled{}}));
  CHECK(disabled().then({AccountEnabled{}}).state == member().state);
  CHECK(active().when(Account::Enable{}).value().empty());
}

TEST_CASE("a disabled account joins and leaves, so that nobody learns from it") {
  CHECK(disabled().when(Account::LeaveOrganization{"o1"}).value() ==
        decided<Account>({AccountLeftOrganization{"o1"}}));
  CHECK(disabled().when(Account::JoinOrganization{{"o2", MemberRole::member}}).value().size() == 1);
  CHECK(disabled().then({AccountLeftOrganization{"o1"}, AccountEnabled{}}).state == active().state);
}

TEST_CASE("a disabled account takes nothing more") {
  CHECK(disabled().when(Account::ChangePassword{"$argon2id$2"}).error() ==
        Account::Rejection::account_is_disabled);
  CHECK(disabled().when(Account::Disable{}).value().empty());
}

TEST_CASE("every state of a tenant answers every command as the tables say", "[golden]") {
  check_state_table<Account>({
      {{"absent", {}},
       {"active", active().state},
       {"member of o1", member().state},
       {"disabled", disabled().state}},
      {{"register", Account::Register{person}},
       {"register, another hash", Account::Register{{{"a1", "sealed"}, "$argon2id$2"}}},
       {"join o1", Account::JoinOrganization{membership}},
       {"join o1 as member", Account::JoinOrganization{{"o1", MemberRole::member}}},
       {"change password", Account::ChangePassword{"$argon2id$2"}},
       {"change password to none", Account::ChangePassword{""}},
       {"disable", Account::Disable{}},
       {"leave o1", Account::LeaveOrganization{"o1"}},
       {"enable", Account::Enable{}}},
  });
  check_state_table<Organization>({
      {{"absent", {}}, {"created", given<Organization>({OrganizationCreated{"Acme", ""}}).state}},
      {{"create", Organization::Create{{"Acme", ""}}},
       {"create, differently", Organization::Create{{"Other", ""}}},
       {"rename", Organization::Rename{"Apex"}}},
  });
  check_state_table<Project>({
      {{"absent", {}}, {"created", given<Project>({ProjectCreated{"o1", "Demo"}}).state}},
      {{"create", Project::Create{{"o1", "Demo"}}},
       {"create, differently", Project::Create{{"o1", "Other"}}},
       {"rename", Project::Rename{"Test"}}},
  });
}
