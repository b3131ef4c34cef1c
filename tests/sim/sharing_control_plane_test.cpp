#include <catch2/catch.hpp>

#include "tests/support/control_plane_fixture.hpp"

using namespace orrery;
using Names = std::vector<std::string>;

namespace {

void register_client(ControlPlaneFixture& fixture, const std::string& id,
                     const std::string& username) {
  ClientRegistered request;
  request.names = {{"client-" + id, username}, {"client-" + id, id}, "u-" + username, "e-" + id};
  fixture.ask<Client>(id, Client::Register{request});
  fixture.run();
}

void offer(ControlPlaneFixture& fixture, const std::string& id, const std::string& client_id) {
  SharedNodeRegistered offer;
  offer.client_id = client_id;
  offer.model = "tiny";
  offer.token_digest.assign(32, 't');
  offer.gpu_model = "RTX 4090";
  offer.gpu_count = 1;
  offer.cpu_count = 8;
  fixture.ask<SharedNode>(id, SharedNode::Register{offer});
  fixture.run();
}

}  // namespace

TEST_CASE("a client gets his names within the moment, and another with one of them doesn't") {
  ControlPlaneFixture fixture;
  register_client(fixture, "1", "ada");
  CHECK(fixture.facts("client/1") == Names{"client.registered", "client.names_granted"});
  CHECK(fixture.facts("handle/u-ada") == Names{"handle.claimed"});
  register_client(fixture, "2", "ada");
  CHECK(fixture.facts("client/2") == Names{"client.registered", "client.names_refused"});
  fixture.ask<Client>("1", Client::Erase{});
  fixture.run();
  CHECK(fixture.facts("handle/u-ada") == Names{"handle.claimed", "handle.released"});
  CHECK(fixture.facts("handle/e-1") == Names{"handle.claimed", "handle.released"});
}

TEST_CASE("an offered machine is a node with GPUs within the moment, until its owner is erased") {
  ControlPlaneFixture fixture;
  register_client(fixture, "1", "ada");
  offer(fixture, "7", "1");
  CHECK(fixture.facts("node/shared-7") == Names{"node.registered", "node.became_ready"});
  CHECK(fixture.facts("gpu/shared-7:0") == Names{"gpu.registered"});
  fixture.ask<Client>("1", Client::Erase{});
  fixture.run();
  CHECK(fixture.facts("shared_node/7").back() == "shared_node.withdrawn");
  CHECK(fixture.facts("node/shared-7") ==
        Names{"node.registered", "node.became_ready", "node.lost", "node.cordoned"});
}

TEST_CASE("what is asked in vain while the disk is full is settled when there is room again") {
  ControlPlaneFixture fixture;
  int commits_left = 1;
  fixture.memory_log.set_fate(
      [&] { return commits_left-- > 0 ? CommitFate::succeeds : CommitFate::disk_full; });
  register_client(fixture, "1", "ada");
  CHECK(fixture.facts("client/1") == Names{"client.registered"});
  commits_left = 1'000;
  fixture.run_for(std::chrono::seconds(1));
  CHECK(fixture.facts("client/1") == Names{"client.registered", "client.names_granted"});
}
