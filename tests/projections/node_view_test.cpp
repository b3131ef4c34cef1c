#include "projections/nodes/node_view.hpp"

#include <catch2/catch.hpp>

#include "tests/projections/history.hpp"

using namespace orrery;

TEST_CASE("a node shows whether it takes work, and why it doesn't") {
  Told<NodeView> told;
  told.tell("node/n1", NodeRegistered{"c", "A40-48GB", 8});
  CHECK_FALSE(told.view.find("n1")->ready);
  told.tell("node/n1", NodeBecameReady{}).tell("node/n1", NodeCordoned{"a fan"});
  CHECK(told.view.find("n1")->ready);
  CHECK(told.view.find("n1")->is_cordoned());
  CHECK(told.view.find("n1")->reason == "a fan");
  told.tell("node/n1", NodeUncordoned{});
  CHECK(told.view.find("n1")->reason.empty());
  told.tell("node/n1", NodeLost{"its power failed"});
  CHECK_FALSE(told.view.find("n1")->ready);
  CHECK(told.view.find("n1")->reason == "its power failed");
  CHECK(told.view.find("n1")->since == History::time_at(5));
}

TEST_CASE("nodes are listed by id, page by page and by cluster") {
  Told<NodeView> told;
  for (const char* id : {"n3", "n1", "n2", "n4"})
    told.tell(std::string("node/") + id,
              NodeRegistered{id == std::string("n2") ? "other" : "c", "A40-48GB", 8});
  const auto ids = [](const std::vector<NodeDetails>& nodes) {
    std::string text;
    for (const auto& node : nodes) text += node.id + " ";
    return text;
  };
  CHECK(ids(told.view.list("", "", 10)) == "n1 n2 n3 n4 ");
  CHECK(ids(told.view.list("", "", 2)) == "n1 n2 ");
  CHECK(ids(told.view.list("", "n2", 2)) == "n3 n4 ");
  CHECK(ids(told.view.list("c", "", 2)) == "n1 n3 ");
}

TEST_CASE("a node shows who has cordoned it, and why") {
  using Cordons = std::vector<NodeCordonDetails>;
  Told<NodeView> told;
  told.tell("node/n1", NodeRegistered{"c", "A40-48GB", 8}).tell("node/n1", NodeBecameReady{});
  told.tell("node/n1", NodeCordoned{"a fan"}).tell("node/n1", NodeCordoned{"2 GPUs", "gpu-repair"});
  CHECK(told.view.find("n1")->cordons == Cordons{{"", "a fan"}, {"gpu-repair", "2 GPUs"}});
  CHECK(told.view.find("n1")->reason == "2 GPUs");
  told.tell("node/n1", NodeCordonLifted{"gpu-repair"});
  CHECK(told.view.find("n1")->cordons == Cordons{{"", "a fan"}});
  CHECK(told.view.find("n1")->reason == "a fan");
  told.tell("node/n1", NodeLost{"power"}).tell("node/n1", NodeBecameReady{});
  CHECK(told.view.find("n1")->reason == "a fan");
  told.tell("node/n1", NodeUncordoned{});
  CHECK_FALSE(told.view.find("n1")->is_cordoned());
}
