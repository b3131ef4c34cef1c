#include <catch2/catch.hpp>

#include "actors/node/node.hpp"
#include "tests/support/given.hpp"
#include "tests/support/state_table.hpp"

using namespace orrery;

namespace {

NodeRegistered description(std::uint32_t gpu_count = 8) {
  return {"us-east1-a", "L40S-48GB", gpu_count};
}

Given<Node> booting() { return given<Node>({description()}); }
Given<Node> ready() { return booting().then({NodeBecameReady{}}); }
Given<Node> lost() { return ready().then({NodeLost{"power"}}); }
Given<Node> cordoned() { return ready().then({NodeCordoned{"repair"}}); }

}  // namespace

TEST_CASE("a node joins with a cluster and 1 to 16 GPUs") {
  CHECK(given<Node>({}).when(Node::Register{description()}).value() ==
        decided<Node>({description()}));
  for (const auto count : {0u, 17u})
    CHECK(given<Node>({}).when(Node::Register{description(count)}).error() ==
          Node::Rejection::gpu_count_must_be_1_to_16);
  CHECK(given<Node>({}).when(Node::Register{{"", "A40-48GB", 8}}).error() ==
        Node::Rejection::cluster_must_not_be_empty);
}

TEST_CASE("a node that joins again as it is decides nothing") {
  CHECK(lost().when(Node::Register{description()}).value().empty());
  CHECK(lost().when(Node::Register{description(4)}).error() ==
        Node::Rejection::node_is_registered_differently);
  CHECK(given<Node>({}).when(Node::ReportReady{}).error() ==
        Node::Rejection::node_is_not_registered);
}

TEST_CASE("a lost node may become ready again") {
  CHECK(ready().when(Node::ReportLost{"power"}).value() == decided<Node>({NodeLost{"power"}}));
  CHECK(lost().when(Node::ReportReady{}).value() == decided<Node>({NodeBecameReady{}}));
}

TEST_CASE("every state of a node answers every command as the table says", "[golden]") {
  check_state_table<Node>({
      {{"absent", {}},
       {"booting", booting().state},
       {"ready", ready().state},
       {"lost", lost().state},
       {"cordoned", cordoned().state}},
      {{"register", Node::Register{description()}},
       {"register, differently", Node::Register{description(4)}},
       {"register without GPUs", Node::Register{description(0)}},
       {"report ready", Node::ReportReady{}},
       {"report lost", Node::ReportLost{"power"}},
       {"cordon", Node::Cordon{"repair"}},
       {"uncordon", Node::Uncordon{}}},
  });
}
