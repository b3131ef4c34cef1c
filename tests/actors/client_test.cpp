#include "actors/client/client.hpp"

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "actors/handle/handle.hpp"
#include "tests/support/given.hpp"
#include "tests/support/play.hpp"
#include "tests/support/state_table.hpp"

using namespace orrery;

namespace {

ClientNames names(const std::string& username, const std::string& email) {
  return {{"client-7", username}, {"client-7", email}, "u-" + username, "e-" + email};
}

const auto ada = names("ada", "ada@example.org");
const auto lovelace = names("lovelace", "ada@example.org");
const auto at_home = names("ada", "ada@home.example");

ClientRegistered request(const ClientNames& wished = ada) {
  ClientRegistered request;
  request.names = wished;
  request.password_hash = "hash-1";
  request.request_id = "r1";
  return request;
}

Given<Client> registering() { return given<Client>({request()}); }
Given<Client> active() { return registering().then({ClientNamesGranted{}}); }
Given<Client> renaming() { return active().then({ClientNamesRequested{lovelace}}); }
Given<Client> signed_in() { return active().then({ClientSignedIn{"d1", "digest-1"}}); }
Given<Client> provider() { return active().then({ClientBecameProvider{}}); }
Given<Client> approved() { return provider().then({ClientProviderApproved{}}); }
Given<Client> refused() { return registering().then({ClientNamesRefused{ClientNameKind::email}}); }
Given<Client> erased() { return signed_in().then({ClientErased{}}); }

using Rejection = Client::Rejection;

}  // namespace

TEST_CASE("who registers waits for his names, and is a client with them") {
  CHECK(given<Client>({}).when(Client::Register{request()}).value() ==
        decided<Client>({request()}));
  CHECK(registering().when(Client::Register{request()}).value().empty());
  CHECK(registering().when(Client::Register{request(lovelace)}).error() ==
        Rejection::client_exists_already);
  CHECK(registering().when(Client::SignIn{{"d1", "digest-1"}}).error() ==
        Rejection::client_is_not_active);
  CHECK(registering().when(Client::GrantNames{ada}).value() ==
        decided<Client>({ClientNamesGranted{}}));
  CHECK(registering().when(Client::GrantNames{lovelace}).error() ==
        Rejection::names_were_not_requested);
  CHECK(active().when(Client::GrantNames{ada}).value().empty());
  CHECK(given<Client>({}).when(Client::BecomeProvider{}).error() ==
        Rejection::client_does_not_exist);
}

TEST_CASE("who is refused his first names is no client and never becomes one") {
  CHECK(registering().when(Client::RefuseNames{ada, ClientNameKind::email}).value() ==
        decided<Client>({ClientNamesRefused{ClientNameKind::email}}));
  CHECK(refused().when(Client::Register{request()}).value().empty());
  CHECK(refused().when(Client::GrantNames{ada}).error() == Rejection::names_were_refused);
  CHECK(refused().when(Client::SignIn{{"d1", "digest-1"}}).error() ==
        Rejection::client_is_not_active);
}

TEST_CASE("a client keeps his names until he may have others") {
  CHECK(active().when(Client::RequestNames{ada}).value().empty());
  CHECK(active().when(Client::RequestNames{lovelace}).value() ==
        decided<Client>({ClientNamesRequested{lovelace}}));
  CHECK(renaming().when(Client::RequestNames{at_home}).error() ==
        Rejection::names_are_being_changed);
  CHECK(std::get<Client::Active>(renaming().state).request.names == ada);
  const auto renamed = renaming().then({ClientNamesGranted{}});
  CHECK(std::get<Client::Active>(renamed.state).request.names == lovelace);
  const auto kept = renaming().then({ClientNamesRefused{ClientNameKind::username}});
  CHECK(std::get<Client::Active>(kept.state).request.names == ada);
  CHECK(kept.when(Client::RefuseNames{lovelace, ClientNameKind::username}).error() ==
        Rejection::names_were_not_requested);
  CHECK(kept.when(Client::RequestNames{lovelace}).has_value());
}

TEST_CASE(
    "a password is replaced only where it is the one that was meant, and devices go with it") {
  CHECK(signed_in().when(Client::ChangePassword{"hash-2", "hash-1"}).value() ==
        decided<Client>({ClientPasswordChanged{"hash-2"}}));
  CHECK(signed_in().when(Client::ChangePassword{"hash-2", "hash-0"}).error() ==
        Rejection::password_has_changed);
  CHECK(signed_in().when(Client::ChangePassword{"hash-2"}).has_value());
  const auto changed = signed_in().then({ClientPasswordChanged{"hash-2"}});
  CHECK(std::get<Client::Active>(changed.state).devices.empty());
  CHECK(changed.when(Client::ChangePassword{"hash-3", "hash-1"}).error() ==
        Rejection::password_has_changed);
}

TEST_CASE("who never proved his mail loses password and devices to who does") {
  CHECK(signed_in().when(Client::VerifyEmail{true}).value() ==
        decided<Client>({ClientEmailVerified{}, ClientPasswordChanged{}}));
  CHECK(signed_in().when(Client::VerifyEmail{}).value() ==
        decided<Client>({ClientEmailVerified{}}));
  CHECK(signed_in().then({ClientEmailVerified{}}).when(Client::VerifyEmail{true}).value().empty());
}

TEST_CASE("nobody has proved that he reads a mail address that is new") {
  const auto verified = active().then({ClientEmailVerified{}});
  const auto moved = verified.then({ClientNamesRequested{at_home}, ClientNamesGranted{}});
  CHECK(moved.when(Client::VerifyEmail{true}).value() ==
        decided<Client>({ClientEmailVerified{}, ClientPasswordChanged{}}));
  const auto renamed = verified.then({ClientNamesRequested{lovelace}, ClientNamesGranted{}});
  CHECK(renamed.when(Client::VerifyEmail{true}).value().empty());
}

TEST_CASE("a device is signed in with one token, and the twenty-first signs out the first") {
  CHECK(signed_in().when(Client::SignIn{{"d1", "digest-1"}}).value().empty());
  CHECK(signed_in().when(Client::SignIn{{"d1", "digest-2"}}).error() ==
        Rejection::device_is_known_with_another_token);
  CHECK(signed_in().when(Client::SignOut{"d1"}).value() ==
        decided<Client>({ClientSignedOut{"d1"}}));
  CHECK(signed_in().when(Client::SignOut{"d2"}).value().empty());
  auto client = active();
  for (std::size_t i = 0; i < Client::device_count_max; ++i)
    client = client.then({ClientSignedIn{std::to_string(i), "digest"}});
  CHECK(client.when(Client::SignIn{{"new", "digest"}}).value() ==
        decided<Client>({ClientSignedOut{"0"}, ClientSignedIn{"new", "digest"}}));
}

TEST_CASE("a provider is approved, and loses that with the role") {
  CHECK(active().when(Client::ApproveProvider{}).error() == Rejection::client_is_no_provider);
  CHECK(active().when(Client::BecomeProvider{}).value() ==
        decided<Client>({ClientBecameProvider{}}));
  CHECK(provider().when(Client::BecomeProvider{}).value().empty());
  CHECK(provider().when(Client::ApproveProvider{}).value() ==
        decided<Client>({ClientProviderApproved{}}));
  CHECK(approved().when(Client::SuspendProvider{}).value() ==
        decided<Client>({ClientProviderSuspended{}}));
  CHECK(approved().when(Client::ChangeRole{ClientRole::admin}).value() ==
        decided<Client>({ClientRoleChanged{ClientRole::admin}}));
  CHECK(approved().when(Client::ChangeRole{ClientRole::user}).value() ==
        decided<Client>({ClientRoleChanged{ClientRole::user}, ClientProviderSuspended{}}));
}

TEST_CASE("who is erased is gone for good") {
  CHECK(signed_in().when(Client::Erase{}).value() == decided<Client>({ClientErased{}}));
  CHECK(erased().when(Client::Erase{}).value().empty());
  CHECK(erased().when(Client::Register{request()}).error() == Rejection::client_exists_already);
  CHECK(erased().when(Client::SignIn{{"d1", "digest-1"}}).error() == Rejection::client_is_erased);
}

TEST_CASE("every state of a client answers every command as the table says", "[golden]") {
  ClientDetails details;
  details.user_image = 3;
  check_state_table<Client>({
      {{"absent", {}},
       {"registering", registering().state},
       {"active", active().state},
       {"renaming", renaming().state},
       {"signed in", signed_in().state},
       {"provider", provider().state},
       {"approved provider", approved().state},
       {"refused", refused().state},
       {"erased", erased().state}},
      {{"register", Client::Register{request()}},
       {"register, differently", Client::Register{request(lovelace)}},
       {"request names", Client::RequestNames{lovelace}},
       {"request other names", Client::RequestNames{at_home}},
       {"grant the first names", Client::GrantNames{ada}},
       {"grant names", Client::GrantNames{lovelace}},
       {"refuse the first names", Client::RefuseNames{ada, ClientNameKind::email}},
       {"refuse names", Client::RefuseNames{lovelace, ClientNameKind::username}},
       {"change details", Client::ChangeDetails{details}},
       {"change password", Client::ChangePassword{"hash-2"}},
       {"change another password", Client::ChangePassword{"hash-2", "hash-0"}},
       {"verify mail", Client::VerifyEmail{}},
       {"verify mail, drop password", Client::VerifyEmail{true}},
       {"sign in", Client::SignIn{{"d1", "digest-1"}}},
       {"sign in with another token", Client::SignIn{{"d1", "digest-2"}}},
       {"sign out", Client::SignOut{"d1"}},
       {"make a user", Client::ChangeRole{ClientRole::user}},
       {"make an admin", Client::ChangeRole{ClientRole::admin}},
       {"become a provider", Client::BecomeProvider{}},
       {"approve", Client::ApproveProvider{}},
       {"suspend", Client::SuspendProvider{}},
       {"erase", Client::Erase{}}},
  });
}

TEST_CASE("whatever is commanded, a client is granted what was asked for, and ends once") {
  std::vector<Client::Command> commands{Client::Register{request()},
                                        Client::ChangePassword{"hash-2", "hash-1"},
                                        Client::ChangePassword{"hash-1"},
                                        Client::VerifyEmail{},
                                        Client::VerifyEmail{true},
                                        Client::ChangeRole{ClientRole::user},
                                        Client::ChangeRole{ClientRole::admin},
                                        Client::BecomeProvider{},
                                        Client::ApproveProvider{},
                                        Client::SuspendProvider{},
                                        Client::Erase{}};
  for (const auto& wished : {ada, lovelace, at_home}) {
    commands.push_back(Client::RequestNames{wished});
    commands.push_back(Client::GrantNames{wished});
    commands.push_back(Client::RefuseNames{wished, ClientNameKind::username});
  }
  for (const auto* device : {"d1", "d2"}) {
    commands.push_back(Client::SignIn{{device, "digest"}});
    commands.push_back(Client::SignOut{device});
  }
  CHECK(rc::check([&] {
    bool has_wish = false;
    bool is_approved = false;
    play<Client>(commands, [&](const Client::State& before, const Client::Event& event) {
      RC_ASSERT(!Client::is_terminal(before));
      if (std::holds_alternative<ClientRegistered>(event) ||
          std::holds_alternative<ClientNamesRequested>(event)) {
        RC_ASSERT(!std::exchange(has_wish, true));
      } else if (std::holds_alternative<ClientNamesGranted>(event) ||
                 std::holds_alternative<ClientNamesRefused>(event)) {
        RC_ASSERT(std::exchange(has_wish, false));
      } else if (std::holds_alternative<ClientProviderApproved>(event)) {
        RC_ASSERT(!std::exchange(is_approved, true));
        RC_ASSERT(std::get<Client::Active>(before).role != ClientRole::user);
      } else if (std::holds_alternative<ClientProviderSuspended>(event)) {
        RC_ASSERT(std::exchange(is_approved, false));
      } else if (std::holds_alternative<ClientBecameProvider>(event)) {
        RC_ASSERT(!is_approved);
      }
    });
  }));
}

TEST_CASE("a name is one client's until he releases it") {
  const auto free = given<Handle>({});
  const auto claimed = given<Handle>({HandleClaimed{"7"}});
  CHECK(free.when(Handle::Claim{"7"}).value() == decided<Handle>({HandleClaimed{"7"}}));
  CHECK(claimed.when(Handle::Claim{"7"}).value().empty());
  CHECK(claimed.when(Handle::Claim{"8"}).error() == Handle::Rejection::handle_is_taken);
  CHECK(claimed.when(Handle::Release{"8"}).value().empty());
  CHECK(claimed.when(Handle::Release{"7"}).value() == decided<Handle>({HandleReleased{"7"}}));
  check_state_table<Handle>({
      {{"free", free.state},
       {"claimed by 7", claimed.state},
       {"released", claimed.then({HandleReleased{"7"}}).state}},
      {{"claim for 7", Handle::Claim{"7"}},
       {"claim for 8", Handle::Claim{"8"}},
       {"release by 7", Handle::Release{"7"}},
       {"release by 8", Handle::Release{"8"}}},
  });
}

TEST_CASE("whatever is commanded, a name has one owner at most") {
  std::vector<Handle::Command> commands;
  for (const auto* client : {"7", "8", "9"}) {
    commands.push_back(Handle::Claim{client});
    commands.push_back(Handle::Release{client});
  }
  CHECK(rc::check([&] {
    std::string owner;
    play<Handle>(commands, [&](const Handle::State&, const Handle::Event& event) {
      if (const auto* claimed = std::get_if<HandleClaimed>(&event)) {
        RC_ASSERT(owner.empty());
        owner = claimed->client_id;
      } else {
        RC_ASSERT(owner == std::get<HandleReleased>(event).client_id);
        owner.clear();
      }
    });
  }));
}
