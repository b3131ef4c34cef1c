#include "projections/instances/instance_view.hpp"

#include <catch2/catch.hpp>

#include "tests/projections/history.hpp"

using namespace orrery;

namespace {

using Names = std::vector<std::string>;

struct Story : Told<InstanceView> {
  Story& ordered(const std::string& name, std::string_view namespace_id = "w",
                 std::string_view display_name = "test1") {
    return ordered(order_of(name, namespace_id, display_name));
  }
  Story& ordered(const OrderPlaced& placed) {
    tell("wallet/" + placed.specification.namespace_id, placed);
    return *this;
  }
  Story& with(const std::string& name, Event event) {
    tell("instance/" + name, std::move(event));
    return *this;
  }
  Story& started(const std::string& name, std::uint64_t fence = 1) {
    with(name, InstancePlaced{name + ".1", "gpu-4090-03", {2}, fence});
    return with(name, InstanceStarted{"172.31.213.79", 30'099});
  }
  InstanceState state(std::string_view name) const { return view.find("w", name)->state; }
  Names listed(std::size_t offset, std::size_t limit, std::string_view namespace_id = "w") const {
    Names names;
    for (const auto& instance : view.list(namespace_id, "host-cluster", offset, limit).instances)
      names.push_back(instance->name());
    return names;
  }
};

OrderPlaced prepaid(const std::string& name, SellingType type, std::uint32_t count) {
  auto placed = order_of(name);
  placed.terms.selling_type = type;
  placed.period_count = count;
  return placed;
}

constexpr std::int64_t day_s = 86'400;

}  // namespace

TEST_CASE("an instance is shown from its order on, as what was ordered") {
  Story story;
  story.ordered("i");
  const auto instance = story.view.find("w", "i");
  REQUIRE(instance);
  CHECK(instance->order == order_of("i"));
  CHECK(instance->state == InstanceState::creating);
  CHECK(instance->created_at == History::time_at(1));
  CHECK_FALSE(instance->updated_at);
  CHECK_FALSE(instance->placement);
  CHECK_FALSE(story.view.find("other", "i"));
  CHECK_FALSE(story.view.find("w", "j"));
}

TEST_CASE("an instance goes through its states") {
  Story story;
  story.ordered("i").with("i", InstanceRequested{"order-i", specification_of("w", "test1")});
  CHECK(story.state("i") == InstanceState::creating);
  story.started("i", 7);
  CHECK(story.state("i") == InstanceState::running);
  CHECK(story.view.find("w", "i")->placement == InstancePlacement{"gpu-4090-03", {2}, 7});
  CHECK(story.view.find("w", "i")->address == InstanceAddress{"172.31.213.79", 30'099});
  CHECK(story.view.find("w", "i")->first_started_at == History::time_at(4));
  story.with("i", InstanceStopRequested{InstanceEndReason::customer, 10, {}});
  CHECK(story.state("i") == InstanceState::shutting_down);
  CHECK_FALSE(story.view.find("w", "i")->address);
  CHECK(story.view.find("w", "i")->updated_at == History::time_at(5));
  story.with("i", InstanceStopped{});
  CHECK(story.state("i") == InstanceState::shutdown);
  CHECK_FALSE(story.view.find("w", "i")->placement);
  story.with("i", InstanceStartRequested{});
  CHECK(story.state("i") == InstanceState::starting);
  story.started("i", 8);
  CHECK(story.state("i") == InstanceState::running);
  CHECK(story.view.find("w", "i")->first_started_at == History::time_at(4));
  story.with("i", InstanceInterrupted{"node_lost", "Its node is lost."});
  CHECK(story.state("i") == InstanceState::starting);
  CHECK_FALSE(story.view.find("w", "i")->address);
  story.with("i", InstanceDeletionRequested{});
  CHECK(story.state("i") == InstanceState::deleting);
  story.with("i", InstanceStopped{});
  CHECK(story.state("i") == InstanceState::deleting);
  story.with("i", InstanceDeleted{});
  CHECK_FALSE(story.view.find("w", "i"));
  CHECK(story.listed(0, 9).empty());
}

TEST_CASE("an instance that failed says why, and stays until it is deleted") {
  Story story;
  story.ordered("i").with("i", InstanceFailed{"out_of_stock", "No GPUs are free."});
  const auto instance = story.view.find("w", "i");
  CHECK(instance->state == InstanceState::failed);
  CHECK(instance->failure_code == "out_of_stock");
  CHECK(instance->failure_message == "No GPUs are free.");
}

TEST_CASE("whoever holds an instance keeps what was true then") {
  Story story;
  story.ordered("i");
  const auto before = story.view.find("w", "i");
  story.started("i").with("i", InstanceDeleted{});
  CHECK(before->state == InstanceState::creating);
}

TEST_CASE("a page costs what it shows, and counts what there is") {
  Story story;
  for (const auto* name : {"a", "b", "c", "d", "e"}) story.ordered(name);
  story.ordered("f", "other");
  auto elsewhere = order_of("g");
  elsewhere.specification.cluster = "elsewhere";
  story.ordered(elsewhere);
  story.with("b", InstanceDeleted{});
  CHECK(story.listed(0, 2) == Names{"a", "c"});
  CHECK(story.listed(2, 2) == Names{"d", "e"});
  CHECK(story.listed(4, 2).empty());
  CHECK(story.listed(~std::size_t{0}, ~std::size_t{0}).empty());
  CHECK(story.listed(0, ~std::size_t{0}).size() == 4);
  CHECK(story.view.list("w", "host-cluster", 9, 9).total_count == 4);
  CHECK(story.listed(0, 9, "other") == Names{"f"});
  CHECK(story.view.list("w", "unknown", 0, 9).total_count == 0);
  CHECK(story.view.list("w", "elsewhere", 0, 9).total_count == 1);
}

TEST_CASE("the name a customer gave need not be unique") {
  Story story;
  story.ordered("a", "w", "x").ordered("b", "w", "y").ordered("c", "w", "x").ordered("d", "v", "x");
  const auto names = [&](std::size_t limit) {
    Names found;
    for (const auto& instance : story.view.displayed_as("w", "host-cluster", "x", limit))
      found.push_back(instance->name());
    return found;
  };
  CHECK(names(9) == Names{"a", "c"});
  CHECK(names(1) == Names{"a"});
}

TEST_CASE("what is paid in advance begins with the first run and is made longer by renewals") {
  Story story;
  story.ordered(prepaid("i", SellingType::daily, 3));
  CHECK_FALSE(story.view.find("w", "i")->term.begun());
  story.started("i");
  const auto began = seconds_of(History::time_at(3));
  CHECK(story.view.find("w", "i")->term.ends_at_s == began + 3 * day_s);
  OrderTerms terms{SellingType::daily, 300, {}};
  story.tell("wallet/w", OrderRenewed{"order-i", "renewal", "i", terms, 2, 600, {}});
  CHECK(story.view.find("w", "i")->term.ends_at_s == began + 5 * day_s);
  CHECK(story.view.find("w", "i")->order.terms == terms);
  story.with("i", InstanceStopRequested{}).with("i", InstanceStopped{});
  story.with("i", InstanceStartRequested{}).started("i");
  CHECK(story.view.find("w", "i")->term.ends_at_s == began + 5 * day_s);
}

TEST_CASE("a metered instance has no end") {
  Story story;
  story.ordered("i").started("i");
  CHECK_FALSE(story.view.find("w", "i")->term.begun());
}

TEST_CASE("an order under a key is known for good, one without isn't") {
  Story story;
  auto placed = order_of("i");
  placed.request_digest = "digest";
  story.ordered(placed).ordered("j");
  story.tell("wallet/w", OrderRenewed{"order-i", "renewal", "i", {}, 1, 1, "other"});
  story.with("i", InstanceDeleted{});
  CHECK(story.view.order_of_request("order-i")->digest == "digest");
  CHECK(story.view.order_of_request("order-i")->position == 1);
  CHECK(story.view.order_of_request("renewal")->digest == "other");
  CHECK_FALSE(story.view.order_of_request("order-j"));
}

TEST_CASE(
    "the name of a snapshot's image is taken until the image exists, or nothing comes of it") {
  Story story;
  story.ordered("i").started("i").ordered("j").started("j");
  const auto wish = [](const std::string& id) {
    return InstanceStopRequested{InstanceEndReason::customer, 10, SnapshotWish{id, "r/w/a:1"}};
  };
  const auto taken = [&] { return story.view.is_being_saved("w", "r/w/a:1"); };
  CHECK_FALSE(taken());
  story.with("i", wish("image-1"));
  CHECK(taken());
  CHECK_FALSE(story.view.is_being_saved("other", "r/w/a:1"));
  CHECK_FALSE(story.view.is_being_saved("w", "r/w/a:2"));
  story.with("i", InstanceStopped{});
  CHECK_FALSE(taken());
  story.with("j", wish("image-2"))
      .with("j", InstanceSnapshotTaken{{"image-2", "r/w/a:1"}, 1})
      .with("j", InstanceStopped{});
  CHECK(taken());
  story.tell("container_image/image-2", ContainerImageSaved{"w", "r/w/a:1", "j", 1});
  CHECK_FALSE(taken());
}

TEST_CASE("an order of which no instance came is gone with its refund, one that failed isn't") {
  Story story;
  story.ordered("i").ordered("j").ordered("k", "other");
  story.with("j", InstanceFailed{"out_of_stock", "No GPUs are free."});
  for (const auto* order : {"order-i", "order-j", "order-k"})
    story.tell("wallet/w", OrderRefunded{order, 0, "out_of_stock"});
  CHECK(story.listed(0, 9) == Names{"j"});
  CHECK(story.listed(0, 9, "other") == Names{"k"});
}
