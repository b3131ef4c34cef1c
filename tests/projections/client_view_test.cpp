#include "projections/clients/client_view.hpp"

#include <catch2/catch.hpp>

#include "tests/projections/history.hpp"

using namespace orrery;

namespace {

ClientNames names_of(const std::string& username, const std::string& mail) {
  return {{"client-7", "box of " + username}, {"client-7", "box of " + mail}, username, mail};
}

struct Story : Told<ClientView> {
  Story& registers(const std::string& id, const std::string& username, const std::string& mail,
                   const std::string& request_digest = "") {
    ClientRegistered request;
    request.names = names_of(username, mail);
    request.password_hash = "argon2id of " + username;
    request.ip = {"client-" + id, "box"};
    request.request_id = "request-" + id;
    request.request_digest = request_digest;
    return with(id, request);
  }
  Story& with(const std::string& id, Event event) {
    tell("client/" + id, std::move(event));
    return *this;
  }
  Story& joins(const std::string& id, const std::string& username) {
    return registers(id, username, username + "@home").with(id, ClientNamesGranted{});
  }
  std::string id_of(const ClientView::Client& client) const { return client ? client->id : ""; }
  std::string user(std::string_view key) const { return id_of(view.by_username(key)); }
  std::string mail(std::string_view key) const { return id_of(view.by_email(key)); }
};

ClientView::Digest token_of(char letter) {
  ClientView::Digest digest;
  digest.fill(static_cast<std::uint8_t>(letter));
  return digest;
}
ClientSignedIn device_of(const std::string& id, char letter) {
  return {id, std::string(32, letter)};
}

std::vector<std::string> ids_of(const std::vector<ClientView::Client>& clients) {
  std::vector<std::string> ids;
  for (const auto& client : clients) ids.push_back(client->id);
  return ids;
}

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("a client is one once its names are its own") {
  Story story;
  story.registers("7", "ada", "ada@home");
  CHECK_FALSE(story.view.find("7"));
  CHECK(story.user("ada").empty());
  CHECK(story.view.largest_id() == 7);
  story.with("7", ClientNamesGranted{});
  const auto ada = story.view.find("7");
  REQUIRE(ada);
  CHECK(ada->names == names_of("ada", "ada@home"));
  CHECK(ada->password_hash == "argon2id of ada");
  CHECK(ada->registered_at == History::time_at(1));
  CHECK(ada->role == ClientRole::user);
  CHECK_FALSE(ada->provider_since);
  CHECK(story.user("ada") == "7");
  CHECK(story.mail("ada@home") == "7");
  CHECK(story.user("ada@home").empty());
}

TEST_CASE("who is refused his names never becomes a client, and his key may go") {
  Story story;
  story.registers("7", "ada", "ada@home", "digest");
  CHECK(story.view.of_request("request-7")->id == "7");
  story.with("7", ClientNamesRefused{ClientNameKind::email});
  CHECK_FALSE(story.view.find("7"));
  CHECK_FALSE(story.view.of_request("request-7"));
  CHECK(story.view.erased() == Ids{"7"});
  CHECK(story.view.largest_id() == 7);
}

TEST_CASE("other names are a client's once they are granted, and the old ones nobody's") {
  Story story;
  story.joins("7", "ada").with("7", ClientNamesRequested{names_of("lovelace", "ada@home")});
  CHECK(story.user("ada") == "7");
  CHECK(story.user("lovelace").empty());
  story.with("7", ClientNamesGranted{});
  CHECK(story.user("ada").empty());
  CHECK(story.user("lovelace") == "7");
  CHECK(story.mail("ada@home") == "7");

  story.with("7", ClientNamesRequested{names_of("byron", "ada@home")});
  story.with("7", ClientNamesRefused{ClientNameKind::username}).with("7", ClientNamesGranted{});
  CHECK(story.user("byron").empty());
  CHECK(story.user("lovelace") == "7");
  CHECK(story.view.erased().empty());
}

TEST_CASE("the proof that somebody reads his mail holds for that address alone") {
  Story story;
  story.joins("7", "ada").with("7", ClientEmailVerified{});
  story.with("7", ClientNamesRequested{names_of("lovelace", "ada@home")});
  story.with("7", ClientNamesGranted{});
  CHECK(story.view.find("7")->email_is_verified);
  story.with("7", ClientNamesRequested{names_of("lovelace", "somebody@else")});
  story.with("7", ClientNamesGranted{});
  CHECK_FALSE(story.view.find("7")->email_is_verified);
}

TEST_CASE("a token acts for a client on the device that it was given to, until it is signed out") {
  Story story;
  story.joins("7", "ada").with("7", device_of("laptop", 'a')).with("7", device_of("phone", 'b'));
  REQUIRE(story.view.by_token(token_of('a')));
  CHECK(story.view.by_token(token_of('a'))->client == story.view.find("7"));
  CHECK(story.view.by_token(token_of('a'))->device_id == "laptop");
  CHECK_FALSE(story.view.by_token(token_of('c')));
  story.with("7", ClientSignedOut{"laptop"});
  CHECK_FALSE(story.view.by_token(token_of('a')));
  CHECK(story.view.by_token(token_of('b'))->device_id == "phone");
}

TEST_CASE("a new password signs every device out") {
  Story story;
  story.joins("7", "ada").with("7", device_of("laptop", 'a')).with("7", device_of("phone", 'b'));
  story.with("7", ClientPasswordChanged{"another"});
  CHECK(story.view.find("7")->password_hash == "another");
  CHECK(story.view.find("7")->devices.empty());
  CHECK_FALSE(story.view.by_token(token_of('a')));
  CHECK_FALSE(story.view.by_token(token_of('b')));
}

TEST_CASE("a client is a provider since he got that role first, and approved until suspended") {
  Story story;
  story.joins("7", "ada").with("7", ClientBecameProvider{});
  const auto since = History::time_at(3);
  CHECK(story.view.find("7")->role == ClientRole::gpu_provider);
  CHECK(story.view.find("7")->provider_since == since);
  CHECK_FALSE(story.view.find("7")->is_provider_approved);
  story.with("7", ClientProviderApproved{});
  CHECK(story.view.find("7")->is_provider_approved);
  story.with("7", ClientProviderSuspended{});
  CHECK_FALSE(story.view.find("7")->is_provider_approved);
  story.with("7", ClientRoleChanged{ClientRole::user});
  story.with("7", ClientRoleChanged{ClientRole::gpu_provider});
  CHECK(story.view.find("7")->provider_since == since);
  story.with("7", ClientRoleChanged{ClientRole::admin});
  CHECK(story.view.find("7")->role == ClientRole::admin);
}

TEST_CASE("whoever asked for a client keeps what was true then") {
  Story story;
  story.joins("7", "ada");
  const auto before = story.view.find("7");
  story.with("7", ClientDetailsChanged{{{"client-7", "phone"}, 3, true, {}}});
  CHECK(before->details == ClientDetails{});
  CHECK(story.view.find("7")->details.user_image == 3);
}

TEST_CASE("nothing is left of a client who was erased") {
  Story story;
  story.registers("7", "ada", "ada@home", "digest").with("7", ClientNamesGranted{});
  story.with("7", device_of("laptop", 'a'));
  story.with("7", ClientNamesRequested{names_of("lovelace", "x")}).with("7", ClientErased{});
  CHECK_FALSE(story.view.find("7"));
  CHECK(story.user("ada").empty());
  CHECK(story.mail("ada@home").empty());
  CHECK_FALSE(story.view.by_token(token_of('a')));
  CHECK_FALSE(story.view.of_request("request-7"));
  CHECK(story.view.erased() == Ids{"7"});
  CHECK(story.view.largest_id() == 7);
  story.with("7", device_of("laptop", 'a')).with("7", ClientNamesGranted{});
  CHECK_FALSE(story.view.find("7"));
  CHECK_FALSE(story.view.by_token(token_of('a')));
}

TEST_CASE("a name that was left is another's") {
  Story story;
  story.joins("7", "ada").with("7", ClientNamesRequested{names_of("lovelace", "ada@home")});
  story.with("7", ClientNamesGranted{}).joins("8", "ada");
  CHECK(story.user("ada") == "8");
  story.with("7", ClientErased{});
  CHECK(story.user("ada") == "8");
}

TEST_CASE("clients are listed by their numbers") {
  Story story;
  story.joins("10", "ten").joins("9", "nine").registers("11", "eleven", "11").joins("100", "many");
  CHECK(ids_of(story.view.list()) == Ids{"9", "10", "100"});
  CHECK(story.view.largest_id() == 100);
}

TEST_CASE("clients, their devices and what they wait for survive a snapshot") {
  Story story;
  story.joins("7", "ada").with("7", device_of("laptop", 'a'));
  story.with("7", ClientNamesRequested{names_of("lovelace", "ada@home")});
  story.registers("8", "bob", "bob@home", "digest").joins("9", "eve").with("9", ClientErased{});
  ClientView loaded;
  loaded.load(saved(story.view));
  CHECK(*loaded.find("7") == *story.view.find("7"));
  CHECK(loaded.by_token(token_of('a'))->client == loaded.find("7"));
  CHECK(loaded.of_request("request-8")->digest == "digest");
  CHECK(loaded.erased() == Ids{"9"});
  CHECK(loaded.largest_id() == 9);
  loaded.apply(story.happened("client/7", ClientNamesGranted{}));
  loaded.apply(story.happened("client/8", ClientNamesGranted{}));
  CHECK(loaded.by_username("lovelace")->id == "7");
  CHECK(loaded.by_username("bob")->id == "8");
}
