#include "projections/services/service_view.hpp"

#include <catch2/catch.hpp>

#include "tests/projections/history.hpp"

using namespace orrery;

namespace {

ServiceEnded ended(ServiceOutcome outcome, std::string code,
                   std::optional<std::uint32_t> signal = {}) {
  return {outcome, std::move(code), "message", {}, signal};
}

struct Story : Told<ServiceView> {
  Story& requested(const std::string& id, const std::string& digest = "") {
    ServiceRequested request;
    request.specification.name = "vllm-" + id;
    request.specification.cluster = "ai-factory";
    request.specification.resources = {2, 32'768, 1, "", 15};
    request.request_id = "request-" + id;
    request.request_digest = digest;
    return with(id, request);
  }
  Story& with(const std::string& id, Event event) {
    tell("service/" + id, std::move(event));
    return *this;
  }
  Story& running(const std::string& id) {
    requested(id).with(id, ServicePlaced{"service-" + id, "mel2001", {0}, 7});
    return with(id, ServiceLaunched{"mel2001", 8'001}).with(id, ServiceBecameReady{});
  }
  Story& group(const std::string& id, std::vector<std::string> service_ids) {
    ServiceGroupRequested request;
    request.specification.name = "vllm";
    request.node_count = 1;
    request.replica_count = static_cast<std::uint32_t>(service_ids.size());
    request.service_ids = std::move(service_ids);
    request.request_id = "request-" + id;
    request.request_digest = "digest";
    tell("service_group/" + id, request);
    return *this;
  }
  ServiceStatus status(std::string_view id) const { return view.find(id)->status; }
  const std::string& reason_code(std::string_view id) const { return view.find(id)->reason_code; }
};

std::vector<std::string> ids_of(const std::vector<ServiceView::Service>& services) {
  std::vector<std::string> ids;
  for (const auto& service : services) ids.push_back(service->id);
  return ids;
}

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("a service is shown from its request on, and goes through its statuses") {
  Story story;
  CHECK_FALSE(story.view.find("17"));
  story.requested("17");
  CHECK(story.status("17") == ServiceStatus::pending);
  CHECK(story.view.find("17")->created_at == History::time_at(1));
  CHECK(story.view.find("17")->specification().name == "vllm-17");
  story.with("17", ServicePlaced{"service-17", "mel2001", {0}, 7});
  CHECK(story.status("17") == ServiceStatus::starting);
  story.with("17", ServiceBuildBegan{});
  CHECK(story.status("17") == ServiceStatus::building);
  story.with("17", ServiceLaunched{"mel2001", 8'001});
  CHECK(story.status("17") == ServiceStatus::starting);
  CHECK(story.view.find("17")->launched == ServiceLaunched{"mel2001", 8'001});
  story.with("17", ServiceBecameReady{});
  CHECK(story.status("17") == ServiceStatus::running);
  CHECK(story.view.find("17")->history.size() == 5);
  CHECK(story.view.find("17")->history.back() ==
        ServiceStep{ServiceStatus::running, History::time_at(5)});
  CHECK(story.view.find("17")->version == 5);
}

TEST_CASE("a service that waits says what for") {
  Story story;
  story.requested("17").tell("lease/service-17", LeaseQueued{});
  CHECK(story.reason_code("17") == "queued");
  CHECK(story.view.find("17")->reason ==
        "It waits in the queue of the cluster ai-factory, behind those who came earlier, for 1 "
        "GPU, 2 CPUs and 32768 MiB of memory.");
  CHECK(story.view.find("17")->version == 1);
  story.tell("lease/i-1.1", LeaseQueued{});
  story.with("17", ServicePlaced{"service-17", "mel2001", {0}, 7});
  CHECK(story.reason_code("17").empty());
}

TEST_CASE("a service that is being stopped shows at once how it will end") {
  Story story;
  story.running("17").running("18").running("19");
  story.with("17", ServiceStopRequested{ServiceStopReason::cancelled});
  CHECK(story.status("17") == ServiceStatus::cancelled);
  CHECK(story.reason_code("17") == "stopping");
  CHECK_FALSE(story.view.find("17")->has_ended());
  story.with("18", ServiceStopRequested{ServiceStopReason::time_limit});
  CHECK(story.status("18") == ServiceStatus::failed);
  story.with("19", ServiceStopRequested{ServiceStopReason::gpu_fault});
  CHECK(story.status("19") == ServiceStatus::failed);
  story.with("19", ended(ServiceOutcome::failed, "gpu_fault"));
  CHECK(story.reason_code("19") == "gpu_fault");
}

TEST_CASE("what a driver still says of a service that is being stopped changes nothing") {
  Story story;
  story.requested("17").with("17", ServicePlaced{"service-17", "mel2001", {0}, 7});
  story.with("17", ServiceStopRequested{ServiceStopReason::cancelled});
  story.with("17", ServiceLaunched{"mel2001", 8'001});
  CHECK(story.status("17") == ServiceStatus::cancelled);
  CHECK(story.reason_code("17") == "stopping");
}

TEST_CASE("a service that has ended stays, with how it ended") {
  Story story;
  story.running("17").with("17", ended(ServiceOutcome::failed, "killed", 9));
  CHECK(story.status("17") == ServiceStatus::failed);
  CHECK(story.view.find("17")->ended->signal == 9u);
  CHECK(story.reason_code("17") == "killed");
  story.requested("18").with("18", ended(ServiceOutcome::cancelled, "cancelled"));
  CHECK(story.status("18") == ServiceStatus::cancelled);
  story.running("19").with("19", ended(ServiceOutcome::completed, "exited"));
  CHECK(story.status("19") == ServiceStatus::completed);
  CHECK(ids_of(story.view.list()) == Ids{"17", "18", "19"});
  CHECK(story.view.counts() == ServiceView::Counts{0, 0, 0, 0, 1, 1, 1});
}

TEST_CASE("whoever asked keeps what was true then") {
  Story story;
  story.requested("17");
  const auto before = story.view.find("17");
  CHECK(before->prepared.text([] { return std::string("pending"); }) == "pending");
  story.with("17", ended(ServiceOutcome::cancelled, "cancelled"));
  CHECK(before->status == ServiceStatus::pending);
  CHECK(before->prepared.text([] { return std::string("other"); }) == "pending");
  CHECK(story.view.find("17")->prepared.text([] { return std::string("cancelled"); }) ==
        "cancelled");
}

TEST_CASE("the replicas of a group are there as soon as it is, and keep their place") {
  Story story;
  story.requested("16").group("sg-17", {"17", "18"}).requested("19");
  CHECK(ids_of(story.view.list()) == Ids{"16", "17", "18", "19"});
  CHECK(ids_of(story.view.replicas("sg-17")) == Ids{"17", "18"});
  CHECK(story.view.find("18")->specification().name == "vllm-18");
  CHECK(story.view.find("18")->request->replica == ServiceReplica{"sg-17", 1, 0, 2});
  CHECK(story.view.find("18")->version == 0);
  story.running("18");
  CHECK(story.status("18") == ServiceStatus::running);
  CHECK(story.view.find("18")->created_at == History::time_at(2));
  CHECK(ids_of(story.view.list()) == Ids{"16", "17", "18", "19"});
  CHECK(story.view.replicas("sg-0").empty());
  REQUIRE(story.view.groups().size() == 1);
  CHECK(story.view.groups().front()->id == "sg-17");
}

TEST_CASE("a cancelled group's replicas are cancelled at once, whatever they are doing") {
  Story story;
  story.group("sg-17", {"17", "18", "19"}).running("18").running("19");
  story.with("19", ended(ServiceOutcome::failed, "killed", 9));
  story.tell("service_group/sg-17", ServiceGroupCancelled{});
  CHECK(story.view.find_group("sg-17")->is_cancelled);
  CHECK(story.view.find_group("sg-17")->version == 2);
  CHECK(story.status("17") == ServiceStatus::cancelled);
  CHECK(story.status("18") == ServiceStatus::cancelled);
  CHECK(story.status("19") == ServiceStatus::failed);
  story.requested("17");
  CHECK(story.status("17") == ServiceStatus::cancelled);
}

TEST_CASE("the largest id counts every service, and replicas that are only asked for") {
  Story story;
  CHECK(story.view.largest_id() == 0);
  story.requested("9").requested("3");
  CHECK(story.view.largest_id() == 9);
  story.group("sg-10", {"10", "11"});
  CHECK(story.view.largest_id() == 11);
}

TEST_CASE("a request that may come again is found by its id") {
  Story story;
  story.requested("17", "digest").requested("18").group("sg-19", {"19"});
  const auto made = story.view.of_request("request-17");
  REQUIRE(made);
  CHECK(made->id == "17");
  CHECK_FALSE(made->is_group);
  CHECK(made->digest == "digest");
  CHECK_FALSE(story.view.of_request("request-18"));
  CHECK(story.view.of_request("request-sg-19")->is_group);
}

TEST_CASE("a snapshot keeps everything") {
  Story story;
  story.running("17").requested("18", "digest").group("sg-19", {"19", "20"});
  story.with("17", ended(ServiceOutcome::failed, "killed", 9));
  ServiceView loaded;
  loaded.load(saved(story.view));
  CHECK(saved(loaded) == saved(story.view));
  CHECK(loaded.largest_id() == 20);
  CHECK(loaded.counts() == story.view.counts());
  CHECK(loaded.find("17")->ended == story.view.find("17")->ended);
  CHECK(ids_of(loaded.replicas("sg-19")) == Ids{"19", "20"});
  CHECK(loaded.of_request("request-18")->id == "18");
}
