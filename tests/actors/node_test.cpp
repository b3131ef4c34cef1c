#include <catch2/catch.hpp>

#include "actors/node/node.hpp"
#include "tests/support/given.hpp"
#include "tests/support/state_table.hpp"

using namespace orrery;

namespace {

NodeRegistered description(std::uint32_t count = 8) { return {"us-east1-a", "L40S-48GB", count}; }

Given<Node> booting() { return given<Node>({description()}); }
Given<Node> ready() { return booting().then({NodeBecameReady{}}); }
Given<Node> lost() { return ready().then({NodeLost{"power"}}); }
Given<Node> cordoned() { return ready().then({NodeCordoned{"repair"}}); }

}  // namespace

TEST_CASE("a node joins with a cluster and 16 GPUs at most, or with processors") {
  CHECK(given<Node>({}).when(Node::Register{description()}).value() ==
        decided<Node>({description()}));
  CHECK(given<Node>({}).when(Node::Register{description(17)}).error() ==
        Node::Rejection::gpu_count_must_be_16_at_most);
  CHECK(given<Node>({}).when(Node::Register{description(0)}).error() ==
        Node::Rejection::node_must_have_gpus_or_processors);
  const NodeRegistered without_gpus{"c", "", 0, 8, 16'384, NodeDriver::local_process};
  CHECK(given<Node>({}).when(Node::Register{without_gpus}).value() ==
        decided<Node>({without_gpus}));
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

TEST_CASE("a cordon has an owner, who alone lifts it") {
  const auto repaired = ready().then({NodeCordoned{"XID 79", "gpu-repair"}});
  CHECK(repaired.when(Node::Uncordon{}).error() == Node::Rejection::cordon_has_another_owner);
  CHECK(repaired.when(Node::Cordon{"again", "gpu-repair"}).value().empty());
  CHECK(repaired.when(Node::Uncordon{"gpu-repair"}).value() == decided<Node>({NodeUncordoned{}}));
  const auto both = repaired.then({NodeCordoned{"fan"}});
  CHECK(both.when(Node::Uncordon{"gpu-repair"}).value() ==
        decided<Node>({NodeCordonLifted{"gpu-repair"}}));
  CHECK(both.when(Node::Uncordon{{}, true}).value() == decided<Node>({NodeUncordoned{}}));
  CHECK(both.then({NodeCordonLifted{"gpu-repair"}}).when(Node::Uncordon{}).value() ==
        decided<Node>({NodeUncordoned{}}));
}

TEST_CASE("every state of a node answers every command as the table says", "[golden]") {
  check_state_table<Node>({
      {{"absent", {}},
       {"booting", booting().state},
       {"ready", ready().state},
       {"lost", lost().state},
       {"cordoned", cordoned().state},
       {"cordoned for repair", ready().then({NodeCordoned{"XID 79", "gpu-repair"}}).state},
       {"cordoned twice", cordoned().then({NodeCordoned{"XID 79", "gpu-repair"}}).state}},
      {{"register", Node::Register{description()}},
       {"register, differently", Node::Register{description(4)}},
       {"register without GPUs", Node::Register{description(0)}},
       {"report ready", Node::ReportReady{}},
       {"report lost", Node::ReportLost{"power"}},
       {"cordon", Node::Cordon{"repair"}},
       {"cordon for repair", Node::Cordon{"XID 79", "gpu-repair"}},
       {"uncordon", Node::Uncordon{}},
       {"uncordon after repair", Node::Uncordon{"gpu-repair"}},
       {"lift all cordons", Node::Uncordon{{}, true}}},
  });
}
