#include <catch2/catch.hpp>

#include "events/folds/disk_usage.hpp"
#include "events/folds/vm_usage.hpp"

using namespace orrery;

namespace {

/// A log on paper that a fold follows; through a snapshot after every event.
template <class Usage>
struct Story {
  Usage usage;
  Position position = 0;

  Story& tell(std::string stream, Event event) {
    RecordedEvent recorded;
    recorded.position = ++position;
    recorded.stream = std::move(stream);
    recorded.event = std::move(event);
    CHECK(Usage::concerns(recorded));
    usage.apply(recorded);
    std::string bytes, again;
    ByteWriter writer(bytes);
    usage.save(writer);
    ByteReader reader(bytes);
    usage.load(reader);
    ByteWriter second(again);
    usage.save(second);
    CHECK(bytes == again);
    return *this;
  }
  bool refuses(const std::string& operation) const { return usage.refusal(operation) != nullptr; }
  std::uint64_t gpus(const std::string& model = "A100") const {
    const auto& gpus = usage.use("p").gpus;
    return gpus.contains(model) ? gpus.at(model) : 0;
  }

  Story& limit(std::uint32_t gpus_max, std::uint32_t vms_max = 100) {
    ProjectLimits limits;
    limits.gpus["A100"] = gpus_max;
    limits.vms = vms_max;
    limits.disks = 3;
    limits.disk_gib = 1000;
    return tell("quota/p", QuotaSet{limits});
  }
  Story& wants(const std::string& operation, const std::string& target, OperationGoal goal) {
    return tell("operation/" + operation, OperationStarted{"p", target, std::move(goal)});
  }
  Story& succeeds(const std::string& operation) {
    return tell("operation/" + operation, OperationSucceeded{});
  }
  Story& fails(const std::string& operation) {
    return tell("operation/" + operation, OperationFailed{"code", "message"});
  }
};

VmSpecification vm_of(std::uint32_t gpu_count, const std::string& model = "A100") {
  VmSpecification specification;
  specification.project_id = std::string("p");
  specification.gpu_model = model;
  specification.gpu_count = gpu_count;
  return specification;
}

struct VmStory : Story<VmUsage> {
  VmStory& creates(const std::string& vm, std::uint32_t gpus, const std::string& model = "A100") {
    wants("create " + vm, vm, CreateVm{vm_of(gpus, model), {}});
    return *this;
  }
  VmStory& runs(const std::string& vm, std::uint32_t gpus) {
    creates(vm, gpus).tell("vm/" + vm, VmRequested{vm_of(gpus), {}}).succeeds("create " + vm);
    return *this;
  }
  VmStory& stopped(const std::string& vm, std::uint32_t gpus) {
    runs(vm, gpus).tell("vm/" + vm, VmStopped{});
    return *this;
  }
};

}  // namespace

TEST_CASE("a quota is checked to the last piece, and demands of nothing are always allowed") {
  ProjectLimits limits;
  limits.vms = 3;
  QuotaUse use;
  use.vms = 2;
  CHECK_FALSE(check_quota(limits, use, {0, "", 1, 0, 0}));
  CHECK(check_quota(limits, use, {0, "", 2, 0, 0}) == QuotaExceeded{"vms", 3, 2, 2});
  use.vms = 5;  // The limit was lowered.
  CHECK_FALSE(check_quota(limits, use, {4, "A100", 0, 1, 9}));
  CHECK(check_quota(limits, use, {0, "", 1, 0, 0}) == QuotaExceeded{"vms", 3, 5, 1});
  limits = {};
  CHECK_FALSE(check_quota(limits, use, {1000, "A100", 1000, 1000, ~std::uint64_t{0}}));
  limits.disk_gib = 10;
  CHECK(check_quota(limits, use, {0, "", 0, 1, ~std::uint64_t{0}})->quota == "disk_gib");
}

TEST_CASE("a create counts from its start, and is refused in the order of the log") {
  VmStory story;
  story.limit(8);
  story.creates("v1", 5).creates("v2", 3).creates("v3", 1);
  CHECK(story.gpus() == 8);
  CHECK(story.usage.use("p").vms == 2);
  CHECK_FALSE(story.refuses("create v2"));
  CHECK(*story.usage.refusal("create v3") == QuotaExceeded{"gpus.A100", 8, 8, 1});
  story.fails("create v3");
  CHECK_FALSE(story.refuses("create v3"));
  CHECK(story.gpus() == 8);
}

TEST_CASE("GPUs of other models have their own limits, or none") {
  VmStory story;
  story.limit(1).tell("quota/q", QuotaSet{});
  story.creates("v1", 1).creates("v2", 10, "L40S");
  CHECK_FALSE(story.refuses("create v2"));
  CHECK(story.gpus("L40S") == 10);
}

TEST_CASE("a create that fails gives back what it had, and so does a VM that fails or is deleted") {
  VmStory story;
  story.limit(8);
  story.creates("v1", 8).fails("create v1");
  CHECK(story.gpus() == 0);
  story.creates("v2", 8).tell("vm/v2", VmRequested{vm_of(8), {}}).tell("vm/v2", VmFailed{});
  CHECK(story.gpus() == 0);
  story.fails("create v2");
  story.runs("v3", 8).tell("vm/v3", VmDeleted{});
  CHECK(story.usage.use("p") == QuotaUse{});
}

TEST_CASE("a stopped VM counts as a VM without GPUs") {
  VmStory story;
  story.limit(8, 2);
  story.stopped("v1", 8);
  CHECK(story.gpus() == 0);
  CHECK(story.usage.use("p").vms == 1);
  story.creates("v2", 1).creates("v3", 1);
  CHECK(story.usage.refusal("create v3")->quota == "vms");
}

TEST_CASE("a start needs its GPUs from the moment it is asked for") {
  VmStory story;
  story.limit(8);
  story.stopped("v1", 8).creates("v2", 1).wants("start", "v1", PowerOnVm{});
  CHECK(*story.usage.refusal("start") == QuotaExceeded{"gpus.A100", 8, 1, 8});
  story.fails("start").fails("create v2").wants("start again", "v1", PowerOnVm{});
  CHECK_FALSE(story.refuses("start again"));
  CHECK(story.gpus() == 8);
  story.tell("vm/v1", VmStartRequested{}).tell("vm/v1", VmStartFailed{}).fails("start again");
  CHECK(story.gpus() == 0);
}

TEST_CASE("a VM that is to stop and start keeps its GPUs counted in between") {
  VmStory story;
  story.limit(8);
  story.runs("v1", 8).wants("stop", "v1", PowerOffVm{}).wants("start", "v1", PowerOnVm{});
  story.tell("vm/v1", VmStopped{}).succeeds("stop");
  CHECK(story.gpus() == 8);
  story.creates("v2", 1);
  CHECK(story.refuses("create v2"));
  story.tell("vm/v1", VmStartRequested{}).succeeds("start");
  CHECK(story.gpus() == 8);
}

TEST_CASE("a resize counts where the VM has GPUs, or will have them") {
  VmStory story;
  story.limit(8);
  story.stopped("v1", 2).wants("resize", "v1", ResizeVm{"a100.8x", "A100", 8});
  CHECK(story.gpus() == 0);
  story.wants("start", "v1", PowerOnVm{});
  CHECK(story.gpus() == 8);
  story.tell("vm/v1", VmResized{"a100.8x", "A100", 8}).succeeds("resize").succeeds("start");
  story.tell("vm/v1", VmStartRequested{});
  CHECK(story.gpus() == 8);
  story.wants("resize too much", "v1", ResizeVm{"a100.10x", "A100", 10});
  CHECK(*story.usage.refusal("resize too much") == QuotaExceeded{"gpus.A100", 8, 8, 2});
  story.wants("resize to less", "v1", ResizeVm{"a100.1x", "A100", 1}).fails("resize to less");
  CHECK(story.gpus() == 8);
}

TEST_CASE("VMs older than quotas are counted by their own events") {
  VmStory story;
  story.tell("vm/v1", VmRequested{vm_of(3), {}});
  CHECK(story.gpus() == 3);
  CHECK(story.usage.check("p", {1, "A100", 1, 0, 0}) == std::nullopt);
  CHECK(story.usage.use("nobody's") == QuotaUse{});
}

TEST_CASE("disks and their size count from the start of a create to the end of a delete") {
  Story<DiskUsage> story;
  const auto disk = [](std::uint64_t size_gib) {
    return DiskSpecification{"p", "data", DiskType::persistent_ssd, size_gib, "here", 512};
  };
  story.limit(0);
  story.wants("create d1", "d1", CreateDisk{disk(600), "SN"});
  story.wants("create d2", "d2", CreateDisk{disk(500), "SN"});
  CHECK(*story.usage.refusal("create d2") == QuotaExceeded{"disk_gib", 1000, 600, 500});
  story.tell("disk/d1", DiskCreated{disk(600), "SN"}).succeeds("create d1").fails("create d2");

  story.wants("grow", "d1", ResizeDisk{900}).wants("grow more", "d1", ResizeDisk{1001});
  CHECK(story.usage.use("p").disk_gib == 900);
  CHECK(*story.usage.refusal("grow more") == QuotaExceeded{"disk_gib", 1000, 900, 101});
  story.tell("disk/d1", DiskResized{900}).succeeds("grow").fails("grow more");
  story.wants("shrink", "d1", ResizeDisk{1}).fails("shrink");
  CHECK(story.usage.use("p").disk_gib == 900);

  story.wants("create d3", "d3", CreateDisk{disk(50), "SN"}).fails("create d3");
  CHECK(story.usage.use("p").disks == 1);
  story.tell("disk/d1", DiskDeleted{});
  CHECK(story.usage.use("p") == QuotaUse{});
}
