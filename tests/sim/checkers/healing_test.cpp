#include <catch2/catch.hpp>

#include "sim/checkers/cordons_owned.hpp"
#include "sim/checkers/gpus_heal.hpp"

using namespace orrery;

namespace {

template <class C>
struct Told {
  C checker;
  Position position = 0;

  Told& gpu(Event event) { return event_of("gpu/n1:0", std::move(event), "test"); }
  Told& node(Event event, const std::string& actor = "operator") {
    return event_of("node/n1", std::move(event), actor);
  }
  std::size_t violations() const { return checker.violations().size(); }
  std::size_t violations_at_rest() {
    checker.at_rest();
    return violations();
  }

 private:
  Told& event_of(const std::string& stream, Event event, const std::string& actor) {
    checker.apply({++position, stream, position, Time{}, Origin{actor, 0, "r"}, std::move(event)});
    return *this;
  }
};

using Heal = Told<GpusHeal>;
using Owned = Told<CordonsOwned>;
const std::string repair = "process/gpu_repair";
const NodeCordoned ours{"2 GPUs", "gpu-repair"};

}  // namespace

TEST_CASE("a GPU that is repaired, fails its test, and is back the second time is well", "[sim]") {
  Heal told;
  told.gpu(GpuFaulted{"XID 79"}).gpu(GpuRepairStarted{}).gpu(GpuVerificationStarted{});
  CHECK(told.checker.broken_count() == 1);
  told.gpu(GpuVerificationFailed{"XID 79"}).gpu(GpuRepairStarted{}).gpu(GpuVerificationStarted{});
  told.gpu(GpuRepaired{}).gpu(GpuClaimed{"l1", 1});
  CHECK(told.checker.broken_count() == 0);
  CHECK(told.violations_at_rest() == 0);
}

TEST_CASE("what must not happen to a broken GPU is found", "[sim]") {
  CHECK(Heal{}.gpu(GpuFaulted{"XID 79"}).violations_at_rest() == 1);
  CHECK(Heal{}.gpu(GpuFaulted{"XID 79"}).gpu(GpuClaimed{"l1", 1}).violations() == 1);
  CHECK(Heal{}.gpu(GpuRepairStarted{}).violations() == 1);
  CHECK(Heal{}
            .gpu(GpuClaimed{"l1", 1})
            .gpu(GpuFaulted{"XID 79"})
            .gpu(GpuRepairStarted{})
            .violations() == 1);
  CHECK(Heal{}.gpu(GpuFaulted{"XID 79"}).gpu(GpuVerificationStarted{}).violations() == 1);
  CHECK(Heal{}.gpu(GpuFaulted{"XID 79"}).gpu(GpuVerificationFailed{"?"}).violations() == 1);
  CHECK(Heal{}.gpu(GpuRepaired{}).violations() == 1);
}

TEST_CASE("cordons that each owner lifts are well", "[sim]") {
  Owned told;
  told.node(NodeCordoned{"a fan"}).node(ours, repair);
  told.node(NodeCordonLifted{"gpu-repair"}, repair).node(NodeUncordoned{});
  told.node(ours, repair).node(NodeUncordoned{}, repair);
  told.node(NodeCordoned{"a fan"}).node(ours, repair).node(NodeUncordoned{});  // All.
  CHECK(told.violations_at_rest() == 0);
}

TEST_CASE("a cordon that somebody else lifts, or nobody, is found", "[sim]") {
  CHECK(Owned{}.node(NodeCordoned{"a fan"}).node(NodeUncordoned{}, repair).violations() == 1);
  CHECK(Owned{}.node(ours, repair).violations_at_rest() == 1);
  CHECK(Owned{}.node(NodeCordoned{"a fan"}).violations_at_rest() == 0);
  CHECK(Owned{}.node(ours, "operator").violations() == 1);
  CHECK(Owned{}.node(ours, repair).node(ours, repair).violations() == 1);
  CHECK(Owned{}.node(NodeUncordoned{}).violations() == 1);
  CHECK(Owned{}.node(NodeCordonLifted{"gpu-repair"}, repair).violations() == 2);
}
