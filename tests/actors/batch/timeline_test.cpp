#include "actors/batch/timeline.hpp"

#include <catch2/catch.hpp>

#include "actors/batch/node_book.hpp"
#include "actors/batch/past_jobs.hpp"

using namespace orrery;
using namespace orrery::batch;

namespace {

Room gpus(std::int64_t count) { return {count, 0, 0, 1}; }

Timeline four_gpus() { return Timeline(100, {4, 0, 0, Room::all_tenancies}); }

}  // namespace

TEST_CASE("what is taken for a time is free before and after it") {
  auto timeline = four_gpus();
  timeline.take(100, 200, gpus(1));
  timeline.take(150, 300, gpus(2));
  CHECK(timeline.free_now().gpus == 3);
  CHECK(timeline.free_at(150).gpus == 1);
  CHECK(timeline.free_at(200).gpus == 2);
  CHECK(timeline.free_at(300).gpus == 4);
  timeline.give_back(150, 300, gpus(2));
  CHECK(timeline.free_at(150).gpus == 3);
  CHECK(timeline.free_at(200) == timeline.free_at(1'000));
}

TEST_CASE("the earliest time is the first gap that is long enough") {
  auto timeline = four_gpus();
  timeline.take(100, 200, gpus(4));
  timeline.take(230, 300, gpus(3));
  CHECK(timeline.earliest(100, 30, gpus(2)) == 200);
  CHECK(timeline.earliest(100, 31, gpus(2)) == 300);
  CHECK(timeline.earliest(100, 31, gpus(1)) == 200);
  CHECK(timeline.earliest(250, 10, gpus(1)) == 250);
  CHECK(timeline.earliest(100, 1, gpus(5)) == never_s);
  timeline.take(400, never_s, gpus(1));
  CHECK(timeline.earliest(100, 200, gpus(4)) == never_s);
  CHECK(timeline.fits_until(210, gpus(2)) == 230);
  CHECK(timeline.fits_until(300, gpus(4)) == 400);
  CHECK(timeline.fits_until(300, gpus(3)) == never_s);
  CHECK(timeline.fits_until(150, gpus(1)) == 150);
  std::vector<std::int64_t> moments;
  timeline.add_moments(200, moments);
  CHECK(moments == std::vector<std::int64_t>{230, 300, 400});
}

TEST_CASE("who wants a node alone waits until everybody has left it") {
  auto timeline = four_gpus();
  timeline.take(100, 200, gpus(1));
  const Room alone{1, 0, 0, Room::all_tenancies};
  CHECK(timeline.earliest(100, 10, alone) == 200);
  timeline.take(200, 300, alone);
  CHECK(timeline.earliest(150, 60, gpus(1)) == 300);
}

TEST_CASE("of how jobs ended the youngest million is remembered") {
  PastJobs past;
  CHECK_FALSE(past.outcome_of(1));
  past.note(1, JobOutcome::completed);
  past.note(2, JobOutcome::node_fail);
  CHECK(past.outcome_of(1) == JobOutcome::completed);
  CHECK(past.outcome_of(2) == JobOutcome::node_fail);
  CHECK_FALSE(past.outcome_of(3));
  std::string saved;
  past.save(saved);
  PastJobs again;
  again.load(saved);
  CHECK(again.outcome_of(2) == JobOutcome::node_fail);
  for (std::uint32_t id = 3; id < 1'100'000; id += 1'000) past.note(id, JobOutcome::failed);
  CHECK_FALSE(past.outcome_of(1));
  CHECK(past.outcome_of(1'099'003) == JobOutcome::failed);
  CHECK_THROWS(again.load(saved.substr(1)));
}

TEST_CASE("of a node counts what is registered, whole, and claimed by nobody else") {
  NodeBook nodes;
  Position position = 0;
  const auto tell = [&](const std::string& stream, Event event) {
    return nodes.apply({++position, stream, 0, Time{}, {}, std::move(event)});
  };
  nodes.watch("c");
  const auto number = tell("node/n1", NodeRegistered{"c", "a100", 4, 64, 1'024});
  CHECK(nodes[number].lost_gpus() == 4);
  for (std::uint32_t gpu = 0; gpu < 4; ++gpu)
    CHECK(tell("gpu/n1:" + std::to_string(gpu), GpuRegistered{"n1", gpu, "a100"}) == number);
  CHECK(nodes[number].lost_gpus() == 0);
  tell("gpu/n1:1", GpuFaulted{"ECC"});
  tell("gpu/n1:2", GpuClaimed{"vm-7.1", 5});
  tell("gpu/n1:3", GpuClaimed{"job-17.1.0", 6});
  CHECK(nodes[number].lost_gpus() == 2);
  tell("lease/vm-7.1", LeaseRequested{"vm/7", "c", "a100", 1, WhenFull::refuse, 8, 512});
  tell("lease/job-17.1.0", LeaseRequested{"job/17", "c", "a100", 1, WhenFull::refuse, 8, 512});
  CHECK(tell("lease/vm-7.1", LeaseGranted{"n1", {2}, 5}) == number);
  CHECK(tell("lease/job-17.1.0", LeaseGranted{"n1", {3}, 6}) == NodeBook::none);
  CHECK(nodes[number].cpus_of_others == 8);
  CHECK(nodes[number].leases_of_others == 1);
  std::string saved;
  nodes.save(saved);
  NodeBook again;
  again.load(saved);
  CHECK(again.find("n1") == number);
  CHECK(again[number].memory_of_others == 512);
  tell("lease/vm-7.1", LeaseReleased{});
  tell("gpu/n1:2", GpuReleased{"vm-7.1"});
  CHECK(nodes[number].cpus_of_others == 0);
  CHECK(nodes[number].lost_gpus() == 1);
  CHECK(tell("node/other", NodeCordoned{"x"}) == NodeBook::none);
}
