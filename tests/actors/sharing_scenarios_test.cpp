#include "tests/support/sharing_scenario.hpp"

using namespace orrery;
using namespace orrery::sharing;

namespace {

const auto next = [](std::size_t) { return std::size_t{0}; };

RuleWorld with_ada() {
  RuleWorld world;
  register_client(world, "7", "ada", "ada@example.org");
  REQUIRE(is<Client::Active>(world, "7"));
  return world;
}

RuleWorld with_offer() {
  auto world = with_ada();
  offer(world, "1", "7");
  world.run();
  REQUIRE(node_of(world, "1").ready);
  return world;
}

std::size_t event_count(const RuleWorld& world, std::string_view event_name) {
  return static_cast<std::size_t>(std::ranges::count_if(
      world.log(),
      [&](const RecordedEvent& recorded) { return name_of(recorded.event) == event_name; }));
}

}  // namespace

TEST_CASE("a client registers, is renamed and erased, and no handle stays behind", "[golden]") {
  auto world = with_ada();
  CHECK(owner_of(world, "u-ada") == "7");
  CHECK(owner_of(world, "e-ada@example.org") == "7");
  rename(world, "7", "lovelace", "ada@example.org");
  world.run();
  CHECK(names_in(world, "7").username_key == "u-lovelace");
  CHECK(owner_of(world, "u-ada").empty());
  world.send<Client>("7", Client::Erase{});
  world.run();
  CHECK(world.client_process().client_count() == 0);
  check_scenario("sharing_names", world);
}

TEST_CASE("who registers with a name that is taken is refused, the username first", "[golden]") {
  auto world = with_ada();
  const auto first = world.log().size();
  register_client(world, "8", "bob", "ada@example.org");
  CHECK(is<Client::Refused>(world, "8"));
  CHECK(owner_of(world, "u-bob").empty());
  register_client(world, "9", "ada", "ada@example.org");
  CHECK(is<Client::Refused>(world, "9"));
  register_client(world, "10", "bob", "bob@example.org");
  CHECK(is<Client::Active>(world, "10"));
  for (const auto& recorded : world.log())
    if (const auto* refused = std::get_if<ClientNamesRefused>(&recorded.event))
      CHECK(refused->taken ==
            (recorded.stream == "client/8" ? ClientNameKind::email : ClientNameKind::username));
  check_scenario("sharing_names_taken", world, first);
}

TEST_CASE("of two who want one name at once, one gets it") {
  RuleWorld world;
  request(world, "7", "ada", "ada@example.org");
  request(world, "8", "ada", "other@example.org");
  world.run();
  CHECK(is<Client::Active>(world, "7") != is<Client::Active>(world, "8"));
  check_at_rest(world);
  crash_everywhere(world);
}

TEST_CASE("a client who is refused other names keeps his own") {
  auto world = with_ada();
  register_client(world, "8", "bob", "bob@example.org");
  rename(world, "8", "robert", "ada@example.org");
  world.run();
  CHECK(names_in(world, "8").username_key == "u-bob");
  CHECK(owner_of(world, "u-robert").empty());
  check_at_rest(world);
  crash_everywhere(world);
}

TEST_CASE("a name that is being released is claimed anew before it is granted again") {
  auto world = with_ada();
  rename(world, "7", "lovelace", "ada@example.org");
  while (event_count(world, "client.names_granted") < 2) REQUIRE(world.run_one(next));
  REQUIRE(owner_of(world, "u-ada") == "7");
  rename(world, "7", "ada", "ada@example.org");
  world.run();
  CHECK(names_in(world, "7").username_key == "u-ada");
  CHECK(event_count(world, "handle.claimed") == 4);
  check_at_rest(world);
  crash_everywhere(world);
}

TEST_CASE("a handle that is claimed for one who was erased meanwhile is released") {
  auto world = with_ada();
  rename(world, "7", "lovelace", "ada@example.org");
  REQUIRE(command_text(world.owed().front()) == "handle/u-lovelace <- Handle::Claim");
  world.send<Client>("7", Client::Erase{});
  while (!owner_of(world, "u-ada").empty() || !owner_of(world, "e-ada@example.org").empty())
    REQUIRE(world.run_one([](std::size_t count) { return count - 1; }));
  world.run();
  CHECK(owner_of(world, "u-lovelace").empty());
  check_at_rest(world);
  crash_everywhere(world);
}

TEST_CASE("an offer becomes a ready node with GPUs, and is out of use when withdrawn", "[golden]") {
  auto world = with_ada();
  const auto first = world.log().size();
  offer(world, "1", "7");
  world.run();
  const auto node = node_of(world, "1");
  CHECK(node.ready);
  CHECK(node.description == NodeRegistered{"gpushare", "RTX 4090", 2, 8, 0, NodeDriver::owner});
  CHECK(std::holds_alternative<Gpu::Registered>(world.state<Gpu>(gpu_id("shared-1", 1))));
  world.send<SharedNode>("1", SharedNode::Withdraw{"deregistered"});
  world.run();
  CHECK_FALSE(node_of(world, "1").ready);
  CHECK_FALSE(node_of(world, "1").cordon_owners.empty());
  CHECK(world.shared_node_process().node_count() == 0);
  check_scenario("sharing_offer", world, first);
}

TEST_CASE("nothing is leased on a machine that its owner looks after") {
  auto world = with_offer();
  world.send<Cluster>(std::string(SharedNode::cluster), Cluster::Declare{});
  world.send<Lease>("l1", Lease::Request{{"vm/v1", std::string(SharedNode::cluster), "RTX 4090", 1,
                                          WhenFull::queue}});
  world.send<Gpu>(gpu_id("shared-1", 0), Gpu::ReportFault{"ECC"});
  world.send<Gpu>(gpu_id("shared-1", 0), Gpu::ReportRepaired{});
  world.send<Node>("shared-1", Node::Cordon{"maintenance"});
  world.run();
  CHECK_FALSE(std::holds_alternative<Lease::Granted>(world.state<Lease>("l1")));
  CHECK(std::get<Gpu::Registered>(world.state<Gpu>(gpu_id("shared-1", 0))).lease_id.empty());
}

TEST_CASE("a node of an offer that was lost is its heartbeats' to bring back") {
  auto world = with_offer();
  world.send<Node>("shared-1", Node::ReportLost{"silent"});
  world.run();
  CHECK_FALSE(node_of(world, "1").ready);
  world.send<Node>("shared-1", Node::ReportReady{});
  world.run();
  CHECK(node_of(world, "1").ready);
  check_at_rest(world);
  crash_everywhere(world);
}

TEST_CASE("what a withdrawn node says late, or an operator allows it, puts it in no use") {
  auto world = with_offer();
  world.send<SharedNode>("1", SharedNode::Withdraw{"deregistered"});
  world.run();
  world.send<Node>("shared-1", Node::ReportReady{});
  world.send<Node>("shared-1", Node::Uncordon{});
  world.run();
  CHECK_FALSE(node_of(world, "1").ready);
  CHECK_FALSE(node_of(world, "1").cordon_owners.empty());
  check_at_rest(world);
  crash_everywhere(world);
}

TEST_CASE("an offer that is withdrawn before it has a node gets none, or one out of use") {
  auto world = with_ada();
  offer(world, "1", "7");
  world.send<SharedNode>("1", SharedNode::Withdraw{"deregistered"});
  world.run();
  CHECK_FALSE(node_of(world, "1").ready);
  check_at_rest(world);
  crash_everywhere(world);
}

TEST_CASE("what somebody offered is withdrawn when he is erased, even what came after",
          "[golden]") {
  auto world = with_offer();
  const auto first = world.log().size();
  world.send<Client>("7", Client::Erase{});
  offer(world, "2", "7", 0);
  world.run();
  for (const auto* id : {"1", "2"})
    CHECK(std::holds_alternative<SharedNode::Withdrawn>(world.state<SharedNode>(id)));
  check_scenario("sharing_owner_erased", world, first);
}

TEST_CASE("an offer whose node can't be is withdrawn, and the node of another left alone") {
  auto world = with_ada();
  world.send<Cluster>("c", Cluster::Declare{});
  world.send<Node>("shared-1", Node::Register{{"c", "A40-48GB", 2}});
  world.run();
  offer(world, "1", "7");
  offer(world, "2", "7", 17);
  world.run();
  for (const auto* id : {"1", "2"})
    CHECK(std::holds_alternative<SharedNode::Withdrawn>(world.state<SharedNode>(id)));
  CHECK(node_of(world, "1").ready);
  CHECK(node_of(world, "1").cordon_owners.empty());
  check_at_rest(world);
  crash_everywhere(world);
}

TEST_CASE("a question that nobody waits for any more after a crash has failed", "[golden]") {
  auto world = with_offer();
  const auto first = world.log().size();
  ask(world, "1", "7", "1");
  ask(world, "2", "7", "1");
  ask(world, "3", "7", "");
  world.send<Inference>("1", Inference::Answer{{{"client-7", "answer"}, {1'000, 3}}});
  world.run();
  CHECK(std::holds_alternative<Inference::Waiting>(world.state<Inference>("2")));
  CHECK(world.inference_process().waiting_count() == 2);
  auto resumed = RuleWorld::after_crash(world, world.log().size());
  resumed.run();
  CHECK(resumed.inference_process().waiting_count() == 0);
  std::string ends;
  for (const auto& recorded : resumed.log())
    if (const auto* failed = std::get_if<InferenceFailed>(&recorded.event))
      ends += recorded.stream + " " + failed->code + "; ";
  CHECK(ends == "inference/2 interrupted; inference/3 interrupted; ");
  check_scenario("sharing_questions", resumed, first);
}
