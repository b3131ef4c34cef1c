#include "projections/operations/operation_view.hpp"

#include <boost/describe/enum_to_string.hpp>
#include <catch2/catch.hpp>

#include "tests/projections/history.hpp"

using namespace orrery;

namespace {

struct Story : Told<OperationView> {
  Story& creates(const std::string& id, std::string_view vm_id, std::string_view project = "p") {
    tell("operation/" + id, create_of(vm_id, vm_of(project, "name")));
    return *this;
  }
  Story& deletes(const std::string& id, std::string_view vm_id) {
    tell("operation/" + id, OperationStarted{"p", std::string(vm_id), DeleteVm{}});
    return *this;
  }
  std::vector<std::string> listed(const PageRequest& request, const OperationFilter& filter = {}) {
    std::vector<std::string> ids;
    for (const auto& item : view.list("p", request, filter, by_id).items)
      ids.push_back(*item.item.body);
    return ids;
  }
  static std::string by_id(const OperationDetails& operation) { return operation.id; }
};

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("an operation shows what was asked for, without secrets and drawn identities") {
  Story story;
  story.creates("1", "vm-1").deletes("2", "vm-1");
  const auto create = story.view.find("p", "1").value();
  CHECK(create.kind == OperationKind::create_vm);
  auto expected = vm_of("p", "name").specification;
  expected.credentials = {};
  CHECK(std::get<CreateVm>(create.goal) == CreateVm{expected, {}});
  CHECK(create.project_id == "p");
  CHECK(create.target_id == "vm-1");
  CHECK(create.state == OperationState::in_progress);
  CHECK(create.started_at == History::time_at(1));
  CHECK_FALSE(create.completed_at);
  CHECK(create.version == 1);
  CHECK(story.view.find("p", "2")->kind == OperationKind::delete_vm);
  CHECK(story.view.find("p", "2")->goal == OperationGoal(DeleteVm{}));
}

TEST_CASE("an operation ends well or with a reason") {
  Story story;
  story.creates("1", "vm-1").creates("2", "vm-2");
  CHECK(story.view.count(OperationState::in_progress) == 2);
  story.tell("operation/1", OperationSucceeded{});
  story.tell("operation/2", OperationFailed{"out_of_stock", "none left"});
  const auto succeeded = story.view.find("p", "1").value();
  CHECK(succeeded.state == OperationState::succeeded);
  CHECK(succeeded.completed_at == History::time_at(3));
  CHECK(succeeded.version == 2);
  const auto failed = story.view.find("p", "2").value();
  CHECK(failed.state == OperationState::failed);
  CHECK(failed.failure_code == "out_of_stock");
  CHECK(failed.failure_message == "none left");
  CHECK(story.view.count(OperationState::in_progress) == 0);
  CHECK(story.view.count(OperationState::failed) == 1);
}

TEST_CASE("another project's operation is absent") {
  Story story;
  story.creates("1", "vm-1", "q");
  CHECK_FALSE(story.view.find("p", "1"));
  CHECK_FALSE(story.view.prepared("p", "1", Story::by_id));
  CHECK(story.listed({}).empty());
  OperationFilter of_target;
  of_target.target_id = "vm-1";
  CHECK(story.listed({}, of_target).empty());
}

TEST_CASE("a prepared answer is dropped when the operation ends") {
  Story story;
  story.creates("1", "vm-1");
  const auto render = [](const OperationDetails& operation) {
    return std::string(boost::describe::enum_to_string(operation.state, "?"));
  };
  CHECK(*story.view.prepared("p", "1", render).body == "in_progress");
  CHECK(story.view.prepared("p", "1", render).body == story.view.prepared("p", "1", render).body);
  story.tell("operation/1", OperationSucceeded{});
  CHECK(*story.view.prepared("p", "1", render).body == "succeeded");
}

TEST_CASE("operations are listed by target, state and time, in both directions") {
  Story story;
  story.creates("1", "a").creates("2", "b").deletes("3", "a");
  story.tell("operation/1", OperationSucceeded{});
  story.deletes("5", "a").creates("6", "c");
  CHECK(story.listed({}) == Ids{"1", "2", "3", "5", "6"});
  CHECK(story.listed({0, 2, Direction::newest_first}) == Ids{"6", "5"});

  OperationFilter of_target;
  of_target.target_id = "a";
  CHECK(story.listed({}, of_target) == Ids{"1", "3", "5"});
  CHECK(story.listed({0, 50, Direction::newest_first}, of_target) == Ids{"5", "3", "1"});
  const auto page = story.view.list("p", {0, 2}, of_target, Story::by_id);
  CHECK(page.more);
  CHECK(story.listed({page.next, 2}, of_target) == Ids{"5"});
  CHECK(story.listed({page.next, 2, Direction::newest_first}, of_target) == Ids{"1"});

  OperationFilter open;
  open.state = OperationState::in_progress;
  CHECK(story.listed({}, open) == Ids{"2", "3", "5", "6"});
  open.started_from = History::time_at(4);
  CHECK(story.listed({}, open) == Ids{"5", "6"});
}

TEST_CASE("operations of each collection have a list of their own") {
  Story story;
  const auto starts = [&](const std::string& id, const std::string& target, OperationGoal goal) {
    story.tell("operation/" + id, OperationStarted{"p", target, std::move(goal)});
  };
  starts("1", "v", DetachDisks{{"d"}});
  starts("2", "d", CreateDisk{{"p", "data", DiskType::persistent_ssd, 100, "here", 512}, "SN"});
  starts("3", "d", DeleteDisk{});
  starts("4", "n", RenameNetwork{"home"});
  starts("5", "n", DeleteNetwork{});
  starts("6", "s", RenameSubnet{"n", "ground"});
  starts("7", "s", DeleteSubnet{"n"});
  starts("8", "r", CreateFirewallRule{});
  starts("9", "r", DeleteFirewallRule{});
  const auto of = [&](OperationCollection collection) {
    OperationFilter filter;
    filter.collection = collection;
    return story.listed({}, filter);
  };
  CHECK(of(OperationCollection::vm) == Ids{"1"});
  CHECK(of(OperationCollection::disk) == Ids{"2", "3"});
  CHECK(of(OperationCollection::network) == Ids{"4", "5"});
  CHECK(of(OperationCollection::subnet) == Ids{"6", "7"});
  CHECK(of(OperationCollection::firewall_rule) == Ids{"8", "9"});
  CHECK(story.view.find("p", "6")->collection == OperationCollection::subnet);
  CHECK(story.view.find("p", "6")->goal == OperationGoal(RenameSubnet{"n", "ground"}));
  CHECK(std::get<CreateDisk>(story.view.find("p", "2")->goal).serial_number == "SN");
}

TEST_CASE("an operation keeps the digest of its request and all of a VM's wish but its secrets") {
  Story story;
  auto started = create_of("v", vm_of("p", "name"));
  started.request_digest = std::string(32, '\0');
  auto& specification = std::get<CreateVm>(started.goal).specification;
  specification.subnet_id = std::string("s");
  specification.public_address = PublicAddress::fixed;
  specification.disks = {{"d", DiskMode::read_only}};
  specification.reservation_id = std::string("r");
  specification.nested_virtualization = true;
  story.tell("operation/1", started);
  const auto operation = story.view.find("p", "1").value();
  CHECK(operation.request_digest == started.request_digest);
  specification.credentials = {};
  CHECK(std::get<CreateVm>(operation.goal).specification == specification);
}
