#include <algorithm>
#include <atomic>
#include <thread>

#include <catch2/catch.hpp>

#include "projections/clients/client_view.hpp"
#include "tests/projections/history.hpp"

using namespace orrery;

namespace {

constexpr int client_count = 1'000;

ClientNames names_of(const std::string& id, const std::string& word) {
  const Sealed sealed{client_subject(id), word};
  return {sealed, sealed, word + id, word + id};
}

ClientView::Digest token_of(int number) {
  ClientView::Digest digest{};
  std::fill(digest.begin(), digest.end(), static_cast<std::uint8_t>(number));
  digest[0] = static_cast<std::uint8_t>(number >> 8);
  return digest;
}

/// Clients register, sign in, take another name, and each third is erased.
History busy_history() {
  History history;
  for (int i = 1; i <= client_count; ++i) {
    const auto id = std::to_string(i);
    const auto stream = "client/" + id;
    const auto digest = token_of(i);
    ClientRegistered request;
    request.names = names_of(id, "first");
    history.happened(stream, request);
    history.happened(stream, ClientNamesGranted{});
    history.happened(stream, ClientSignedIn{"device", {digest.begin(), digest.end()}});
    history.happened(stream, ClientNamesRequested{names_of(id, "second")});
    history.happened(stream, ClientNamesGranted{});
    if (i % 3 == 0) history.happened(stream, ClientErased{});
  }
  return history;
}

}  // namespace

TEST_CASE("clients are found by id, name and token while others come, change and go") {
  const auto history = busy_history();
  ClientView view;
  std::atomic<bool> done = false;
  std::atomic<int> wrong_count = 0;
  const auto read = [&] {
    for (int i = 1; !done; i = i % client_count + 1) {
      const auto id = std::to_string(i);
      const auto is_he = [&](const ClientView::Client& client) {
        return !client ||
               (client->id == id && client->names.username.subject == client_subject(id));
      };
      if (!is_he(view.find(id))) ++wrong_count;
      if (!is_he(view.by_username("first" + id))) ++wrong_count;
      if (!is_he(view.by_email("second" + id))) ++wrong_count;
      const auto device = view.by_token(token_of(i));
      if (device && (!device->client || !is_he(device->client))) ++wrong_count;
      if (i % 100 == 0 &&
          !std::ranges::is_sorted(view.list(), {}, [](const auto& c) { return std::stoi(c->id); }))
        ++wrong_count;
    }
  };
  std::thread one(read);
  std::thread other(read);
  history.fold_into(view);
  done = true;
  one.join();
  other.join();
  CHECK(wrong_count == 0);
  CHECK(view.list().size() == client_count - client_count / 3);
  CHECK(view.erased().size() == client_count / 3);
}
