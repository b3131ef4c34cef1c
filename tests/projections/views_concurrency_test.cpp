#include <atomic>
#include <thread>

#include <catch2/catch.hpp>

#include "tests/projections/all_views.hpp"
#include "tests/projections/history.hpp"

using namespace orrery;

namespace {

constexpr int vm_count = 3000;

/// Refresh tokens' digests follow those of access tokens.
constexpr int refresh = 1'000'000;

std::string raw_digest(int i) {
  std::string digest = std::to_string(i);
  digest.resize(32, '.');
  return digest;
}

TokenDigest digest(int i) {
  TokenDigest bytes;
  const auto raw = raw_digest(i);
  std::copy(raw.begin(), raw.end(), bytes.begin());
  return bytes;
}

/// One VM after the other is created, runs and goes, while people sign in and out.
History busy_history() {
  History history;
  history.happened("organization/o", OrganizationCreated{"name", ""});
  history.happened("project/p", ProjectCreated{"o", "name"});
  history.happened("account/a", AccountRegistered{{}, "hash"});
  history.happened("account/a", AccountJoinedOrganization{"o", MemberRole::member});
  history.happened("cluster/us-east1-a", ClusterDeclared{"us-east1-a"});
  history.happened("node/n", NodeRegistered{"us-east1-a", "L40S-48GB", 2});
  for (int i = 0; i < vm_count; ++i) {
    const auto id = std::to_string(i);
    history.happened("token/" + id,
                     SessionOpened{"a", raw_digest(i), raw_digest(refresh + i), 0, 1LL << 60});
    history.happened("operation/" + id, create_of(id, vm_of("p", id)));
    history.happened("vm/" + id, vm_of("p", id));
    history.happened("vm/" + id, VmPlaced{id + ".1", "n", {0, 1}, 1});
    history.happened("vm/" + id, VmStarted{"10.0.0.1", "1.2.3.4"});
    history.happened("operation/" + id, OperationSucceeded{});
    if (i % 3 == 0) history.happened("vm/" + id, VmDeleted{});
    if (i % 2 == 0) history.happened("token/" + id, TokenRevoked{"signed out"});
    if (i % 50 == 0) history.happened("image/" + id, ImagePublished{"image", "", {}, {}});
  }
  return history;
}

struct LiveViews {
  IdentityView identity;
  VmView vms{64 << 10};
  OperationView operations{64 << 10};
  AvailabilityView availability;
  CatalogueView catalogue;

  void apply(const RecordedEvent& event) {
    for (View* view :
         {static_cast<View*>(&identity), static_cast<View*>(&vms), static_cast<View*>(&operations),
          static_cast<View*>(&availability), static_cast<View*>(&catalogue)})
      view->apply(event);
  }
};

/// Asks every view for everything. Returns how often an answer contradicted itself.
int read_once(const LiveViews& views, int i) {
  int wrong = 0;
  const auto id = std::to_string(i);
  const auto show_vm = [](const VmDetails& vm) { return vm.id + " " + std::to_string(vm.version); };
  const auto show_operation = [](const OperationDetails& operation) {
    return operation.id + " " + std::to_string(operation.version);
  };
  const auto vm = views.vms.prepared("p", id, show_vm);
  if (vm && *vm.body != id + " " + std::to_string(vm.version)) ++wrong;
  const auto operation = views.operations.prepared("p", id, show_operation);
  if (operation && *operation.body != id + " " + std::to_string(operation.version)) ++wrong;

  Position before = ~Position{0};
  for (const auto& item : views.vms.list("p", {0, 5, Direction::newest_first}, {}, show_vm).items) {
    if (item.place >= before) ++wrong;
    before = item.place;
  }
  OperationFilter filter;
  filter.target_id = id;
  views.operations.list("p", {}, filter, show_operation);

  const auto principal = views.identity.principal_of(digest(i));
  if (principal && principal->token_id != id) ++wrong;
  if (principal && !views.identity.may_reach_project(*principal, "p")) ++wrong;
  if (principal && views.identity.projects_of(*principal).size() != 1) ++wrong;
  views.identity.refresh_token(digest(refresh + i));
  views.availability.available("us-east1-a", "L40S-48GB", 1);
  if (!views.catalogue.current()->images.empty() &&
      !views.catalogue.current()->image_by_name("image"))
    ++wrong;
  return wrong;
}

}  // namespace

TEST_CASE("answers are whole while events are folded") {
  const auto history = busy_history();
  LiveViews views;
  std::atomic<int> folded{0};
  std::atomic<bool> ended{false};
  std::atomic<int> wrong{0};
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 3; ++reader)
    readers.emplace_back([&, reader] {
      for (int i = reader; !ended; i += 7) {
        const int newest = std::max(1, folded.load());
        wrong += read_once(views, newest - i % std::min(newest, 40));
        wrong += read_once(views, i % vm_count);
      }
    });
  for (const auto& event : history.events()) {
    views.apply(event);
    if (std::holds_alternative<VmRequested>(event.event)) ++folded;
  }
  ended = true;
  for (auto& reader : readers) reader.join();
  CHECK(wrong == 0);
  CHECK(views.vms.count(VmState::running) == vm_count - vm_count / 3);
}
