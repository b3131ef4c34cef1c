#include "actors/processes/gpu_repair_process.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

using namespace orrery;

namespace {

const NodeRegistered machine{"c1", "A40-48GB", 4};

struct RepairFixture {
  GpuRepairProcess process;
  std::vector<RecordedEvent> log;

  RepairFixture() { node(machine); }

  RepairFixture& event(const std::string& stream, Event event, const std::string& actor = "test") {
    log.push_back({log.size() + 1, stream, 1, Time{}, Origin{actor, 0, "r1"}, std::move(event)});
    process.apply(log.back());
    return *this;
  }
  RepairFixture& node(Event what, const std::string& actor = "test") {
    return event("node/n1", std::move(what), actor);
  }
  RepairFixture& gpu(int index, Event what) {
    return event("gpu/n1:" + std::to_string(index), std::move(what));
  }
  RepairFixture& heal(int index) { return gpu(index, GpuRepaired{}); }

  /// The commands as words: "repair n1:0", "cordon n1", "uncordon n1".
  static std::vector<std::string> words(const std::vector<OwedCommand>& owed) {
    std::vector<std::string> words;
    for (const auto& [command, origin] : owed) {
      CHECK(origin.actor == "process/gpu_repair");
      CHECK(origin.causation != 0);
      CHECK(origin.correlation == "r1");
      if (const auto* to = std::get_if<To<Gpu>>(&command)) {
        CHECK(std::holds_alternative<Gpu::BeginRepair>(to->command));
        words.push_back("repair " + to->id);
        continue;
      }
      const auto& [id, said] = std::get<To<Node>>(command);
      if (const auto* cordon = std::get_if<Node::Cordon>(&said)) {
        CHECK(cordon->owner == "gpu-repair");
        words.push_back("cordon " + id + ": " + cordon->reason);
      } else {
        CHECK(std::get<Node::Uncordon>(said).owner == "gpu-repair");
        CHECK_FALSE(std::get<Node::Uncordon>(said).all);
        words.push_back("uncordon " + id);
      }
    }
    return words;
  }
  std::vector<std::string> due() { return words(process.due()); }
  /// What a process that died now would owe, from a snapshot and from the log alone.
  std::vector<std::string> resumed() {
    std::string bytes;
    process.save(bytes);
    GpuRepairProcess loaded;
    loaded.load(bytes);
    GpuRepairProcess replayed;
    for (const auto& recorded : log) replayed.apply(recorded);
    std::string again;
    replayed.save(again);
    CHECK(again == bytes);
    const auto owed = words(loaded.resume());
    CHECK(words(replayed.resume()) == owed);
    return owed;
  }
};

using Words = std::vector<std::string>;
const std::string two_gpus = "cordon n1: 2 of its GPUs are out of service";
const NodeCordoned our_cordon{"2 of its GPUs are out of service", "gpu-repair"};

}  // namespace

TEST_CASE("a GPU in quarantine is repaired") {
  RepairFixture fixture;
  fixture.gpu(1, GpuFaulted{"XID 79"});
  CHECK(fixture.resumed() == Words{"repair n1:1"});
  CHECK(fixture.due() == Words{"repair n1:1"});
  CHECK(fixture.due().empty());
  fixture.gpu(1, GpuRepairStarted{});
  CHECK(fixture.due().empty());
  CHECK(fixture.resumed().empty());
}

TEST_CASE("a GPU with a lease is repaired once that is gone") {
  RepairFixture fixture;
  fixture.gpu(1, GpuClaimed{"v1.1", 7}).gpu(1, GpuFaulted{"XID 79"});
  CHECK(fixture.due() == Words{"repair n1:1"});  // Refused: there is a lease.
  fixture.gpu(1, GpuReleased{"v1.1"});
  CHECK(fixture.due() == Words{"repair n1:1"});
}

TEST_CASE("a GPU that fails its test is repaired once more") {
  RepairFixture fixture;
  fixture.gpu(1, GpuFaulted{"XID 79"}).gpu(1, GpuRepairStarted{}).gpu(1, GpuVerificationStarted{});
  fixture.due();
  fixture.gpu(1, GpuVerificationFailed{"still XID 79"});
  CHECK(fixture.due() == Words{"repair n1:1"});
}

TEST_CASE("two GPUs out of service cordon their node until both are back") {
  RepairFixture fixture;
  fixture.gpu(0, GpuFaulted{"XID 79"});
  CHECK(fixture.due() == Words{"repair n1:0"});
  fixture.gpu(1, GpuFaulted{"XID 74"});
  CHECK(fixture.due() == Words{two_gpus, "repair n1:1"});
  fixture.node(our_cordon);
  CHECK(fixture.due().empty());
  fixture.heal(0);
  CHECK(fixture.due().empty());
  fixture.heal(1);
  CHECK(fixture.due() == Words{"uncordon n1"});
  CHECK(fixture.resumed() == Words{"uncordon n1"});
  fixture.node(NodeUncordoned{}, "process/gpu_repair");
  CHECK(fixture.resumed().empty());
}

TEST_CASE("a cordon that comes when all is well again is lifted") {
  RepairFixture fixture;
  fixture.gpu(0, GpuFaulted{"XID 79"}).gpu(1, GpuFaulted{"XID 79"});
  fixture.due();
  fixture.heal(0).heal(1).node(our_cordon);
  CHECK(fixture.due() == Words{"uncordon n1"});
}

TEST_CASE("an operator's cordon is none of its business") {
  RepairFixture fixture;
  fixture.node(NodeCordoned{"a fan"}).gpu(0, GpuFaulted{"XID 79"});
  fixture.due();
  fixture.heal(0);
  CHECK(fixture.due().empty());
  fixture.gpu(0, GpuFaulted{"XID 79"}).gpu(1, GpuFaulted{"XID 79"}).node(our_cordon);
  fixture.due();
  fixture.heal(0).heal(1);
  CHECK(fixture.due() == Words{"uncordon n1"});
  fixture.node(NodeCordonLifted{"gpu-repair"}, "process/gpu_repair");
  CHECK(fixture.resumed().empty());
}

TEST_CASE("who lifts its cordon overrules it until the next GPU breaks") {
  RepairFixture fixture;
  fixture.gpu(0, GpuFaulted{"XID 79"}).gpu(1, GpuFaulted{"XID 79"}).node(our_cordon);
  fixture.due();
  fixture.node(NodeUncordoned{}, "operator");
  CHECK(fixture.due().empty());
  fixture.gpu(2, GpuFaulted{"XID 79"});
  const auto owed = fixture.due();
  CHECK(owed.front() == "cordon n1: 3 of its GPUs are out of service");
}

TEST_CASE("GPUs that break while its cordon is being lifted cordon the node again") {
  RepairFixture fixture;
  fixture.gpu(0, GpuFaulted{"XID 79"}).gpu(1, GpuFaulted{"XID 79"}).node(our_cordon);
  fixture.heal(0).heal(1);
  CHECK(fixture.due() == Words{"uncordon n1"});
  fixture.gpu(0, GpuFaulted{"XID 79"}).gpu(1, GpuFaulted{"XID 79"});
  fixture.node(NodeUncordoned{}, "process/gpu_repair");
  CHECK(fixture.due() == Words{two_gpus, "repair n1:0", "repair n1:1"});
}

TEST_CASE("GPUs of other drivers are their operators' to mend") {
  RepairFixture fixture;
  auto described = machine;
  described.driver = NodeDriver::local_process;
  fixture.event("node/local", described);
  fixture.event("gpu/local:0", GpuFaulted{"XID 79"});
  CHECK(fixture.due().empty());
  fixture.event("gpu/local:1", GpuFaulted{"XID 79"});
  CHECK(fixture.due() == Words{"cordon local: 2 of its GPUs are out of service"});
}
