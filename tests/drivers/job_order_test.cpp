#include "drivers/job_order.hpp"

#include <catch2/catch.hpp>

#include "events/codec.hpp"
#include "storage/memory/memory_event_log.hpp"

using namespace orrery;

namespace {

/// A log with a job that was changed and scheduled.
struct JobLog {
  MemoryEventLog log;

  JobLog() {
    JobSubmitted submitted;
    submitted.specification.name = "train";
    submitted.specification.user = "kim";
    submitted.task = JobArrayTask{4, 3, 0};
    add("job_array/4", JobArraySubmitted{submitted.specification, {1, 3, 5}, 0, {}, "", ""});
    add("job/5", submitted);
    JobChange change;
    change.name = "renamed";
    add("job/5", JobChanged{change});
    add("job/5", JobScheduled{1, "p1", {"n1"}, 30, false});
  }

  void add(const std::string& stream, const Event& event) {
    std::string payload;
    encode(event, payload);
    Append append;
    append.stream = stream;
    append.expected_version = log.version_of(stream);
    append.events = {{tag_of(event), version_of(event), payload}};
    REQUIRE(log.commit(std::span(&append, 1), Time{}).front().has_value());
  }

  StartJob start(std::uint32_t attempt = 1) const {
    StartJob start;
    start.job_id = "5";
    start.attempt = attempt;
    return start;
  }
};

}  // namespace

TEST_CASE("a start is completed with the job as it stands now, and its array") {
  JobLog fixture;
  fixture.add("job/5", JobAllocated{{{"n1", {0}}}, 7});
  auto start = fixture.start();
  REQUIRE(complete(start, fixture.log));
  CHECK(start.specification.name == "renamed");
  CHECK(start.specification.user == "kim");
  CHECK(start.task->task_id == 3);
  CHECK(start.array->task_count == 3);
  CHECK(start.array->task_id_min == 1);
  CHECK(start.array->task_id_max == 5);
  CHECK(start.array->task_id_step == 2);
}

TEST_CASE("a start of an attempt that is past, or of no job, is nobody's business") {
  JobLog fixture;
  auto start = fixture.start();
  CHECK_FALSE(complete(start, fixture.log));
  fixture.add("job/5", JobAllocated{{{"n1", {0}}}, 7});
  auto next = fixture.start(2);
  CHECK_FALSE(complete(next, fixture.log));
  fixture.add("job/5", JobExited{0, {}, true, ""});
  CHECK_FALSE(complete(start, fixture.log));
  StartJob unknown;
  unknown.job_id = "6";
  CHECK_FALSE(complete(unknown, fixture.log));
}
