#include "projections/jobs/job_view.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "tests/projections/history.hpp"

using namespace orrery;

namespace {

JobSpecification job_of(const std::string& user, const std::string& name) {
  JobSpecification specification;
  specification.cluster = "aicenter";
  specification.user = user;
  specification.account = "vision";
  specification.partitions = {"p1"};
  specification.name = name;
  specification.resources.gpu_model = "a100";
  specification.resources.gpus_per_node = 2;
  specification.time_limit_min = 60;
  specification.mail.types = job_mail_type::end;
  return specification;
}

struct Story : Told<JobView> {
  Story& submits(const std::string& user, std::uint32_t id, const std::string& request_id = "",
                 const std::string& digest = "") {
    return with(
        id, JobSubmitted{job_of(user, "train"), std::nullopt, JobHold::none, request_id, digest});
  }
  Story& with(std::uint32_t id, Event event) {
    tell("job/" + std::to_string(id), std::move(event));
    return *this;
  }
  Story& starts(std::uint32_t id) {
    with(id, JobScheduled{1, "p1", {"a100-n1"}, 60, false});
    with(id, JobAllocated{{{"a100-n1", {0, 1}}}, 7});
    return with(id, JobStarted{});
  }
  Story& ends(std::uint32_t id, JobOutcome outcome = JobOutcome::completed) {
    with(id, JobExited{0, std::nullopt, true, ""});
    return with(id, JobEnded{outcome, "None"});
  }
  JobRow job(std::uint32_t id) const { return view.find(id).value(); }
};

using Ids = std::vector<std::uint32_t>;

Ids ids_of(const std::vector<JobRow>& rows) {
  Ids ids;
  for (const auto& row : rows) ids.push_back(row.id);
  return ids;
}

JobFilter filter_of(std::string_view user, std::optional<std::int64_t> ended_since_s = {},
                    std::int64_t changed_since_s = 0) {
  return {user, ended_since_s, changed_since_s};
}

}  // namespace

TEST_CASE("a submitted job waits, as it was asked for") {
  Story story;
  story.submits("kim", 1000);
  const auto job = story.job(1000);
  CHECK(job.id == 1000);
  CHECK(job.status == JobStatus::pending);
  CHECK(job.facts->user == "kim");
  CHECK(job.facts->account == "vision");
  CHECK(job.facts->name == "train");
  CHECK(job.facts->resources.gpu_model == "a100");
  CHECK(job.facts->mail_types == job_mail_type::end);
  CHECK(job.submitted_at == History::time_at(1));
  CHECK(job.submitted_position == 1);
  CHECK(job.version == 1);
  CHECK(!job.run);
  CHECK(!story.view.find(1001));
  CHECK(story.view.largest_id() == 1000);
  CHECK(story.view.living_count("kim") == 1);
}

TEST_CASE("a job goes from its place in the queue to its end") {
  Story story;
  story.submits("kim", 7).with(7, JobScheduled{1, "p1", {"a100-n1"}, 30, true});
  auto job = story.job(7);
  CHECK(job.status == JobStatus::configuring);
  CHECK(job.run->partition == "p1");
  CHECK(job.run->places == std::vector<JobPlace>{{"a100-n1", {}}});
  CHECK(job.run->time_limit_min == 30);
  CHECK(job.run->is_backfilled);

  story.with(7, JobAllocated{{{"a100-n1", {2, 3}}}, 7});
  CHECK(story.job(7).run->places == std::vector<JobPlace>{{"a100-n1", {2, 3}}});
  story.with(7, JobStarted{});
  job = story.job(7);
  CHECK(job.status == JobStatus::running);
  CHECK(job.started_at == History::time_at(4));
  CHECK(job.gpu_percent == 100);
  story.with(7, JobUtilisationChanged{35});
  CHECK(story.job(7).gpu_percent == 35);

  story.with(7, JobExited{3, std::nullopt, true, ""});
  job = story.job(7);
  CHECK(job.status == JobStatus::completing);
  CHECK(job.exit_code == 3u);
  CHECK(story.view.living_count() == 1);
  story.with(7, JobEnded{JobOutcome::failed, "NonZeroExitCode"});
  job = story.job(7);
  CHECK(job.status == JobStatus::failed);
  CHECK(job.reason == "NonZeroExitCode");
  CHECK(job.ended_at == History::time_at(6));
  CHECK(job.version == 7);
  CHECK(job.run->places.front().node_id == "a100-n1");
  CHECK(story.view.living_count() == 0);
  CHECK(story.view.living_count("kim") == 0);
}

TEST_CASE("each outcome is a state of its own, and \"None\" is no reason") {
  const auto outcome =
      GENERATE(JobOutcome::completed, JobOutcome::failed, JobOutcome::timeout,
               JobOutcome::cancelled, JobOutcome::preempted, JobOutcome::node_fail);
  Story story;
  story.submits("kim", 7).with(7, JobEnded{outcome, "None"});
  const auto index =
      static_cast<std::size_t>(JobStatus::completed) + static_cast<std::size_t>(outcome);
  CHECK(static_cast<std::size_t>(story.job(7).status) == index);
  CHECK(story.job(7).reason.empty());
  CHECK(story.view.counts()[index] == 1);
  CHECK(story.job(7).ended_at == History::time_at(2));
}

TEST_CASE("one that is to stop while it runs is completing, one that waits still waits") {
  Story story;
  story.submits("kim", 7).with(7, JobStopRequested{JobStopReason::cancelled, 0, "kim", false});
  CHECK(story.job(7).status == JobStatus::pending);
  story.submits("kim", 8).starts(8).with(8,
                                         JobStopRequested{JobStopReason::time_limit, 0, "", false});
  CHECK(story.job(8).status == JobStatus::completing);
  CHECK(story.job(8).reason == "TimeLimit");
  story.submits("kim", 9).starts(9).with(9, JobStopRequested{JobStopReason::idle, 0, "", false});
  CHECK(story.job(9).reason == "GpuIdle");
}

TEST_CASE("a requeued job waits as if it had never run, and counts its restarts") {
  Story story;
  story.submits("kim", 7).starts(7);
  story.with(7, JobStopRequested{JobStopReason::node_failed, 0, "", true});
  story.with(7, JobExited{std::nullopt, 9, false, ""});
  story.with(7, JobRequeued{JobStopReason::node_failed, 500, JobHold::user});
  const auto job = story.job(7);
  CHECK(job.status == JobStatus::pending);
  CHECK(job.restart_count == 1);
  CHECK(job.hold == JobHold::user);
  CHECK(job.facts->begin_time_s == 500);
  CHECK(!job.run);
  CHECK(job.started_at == Time{});
  CHECK(job.ended_at == Time{});
  CHECK(!job.signal);
  CHECK(job.reason.empty());
  CHECK(job.submitted_at == History::time_at(1));
}

TEST_CASE("one that can't have its place waits again") {
  Story story;
  story.submits("kim", 7).with(7, JobScheduled{1, "p1", {"n"}, 30, false});
  story.with(7, JobUnscheduled{"somebody else has it"});
  CHECK(story.job(7).status == JobStatus::pending);
  CHECK(!story.job(7).run);
  CHECK(story.job(7).restart_count == 0);
}

TEST_CASE("holds and changes are seen; the row from before stays as it was") {
  Story story;
  story.submits("kim", 7).with(7, JobHeld{JobHold::admin});
  const auto held = story.job(7);
  CHECK(held.hold == JobHold::admin);
  JobChange change;
  change.name = "other";
  change.time_limit_min = 5;
  change.priority = 99;
  change.mail = JobMail{job_mail_type::fail, {}};
  story.with(7, JobReleased{}).with(7, JobChanged{change});
  const auto changed = story.job(7);
  CHECK(changed.hold == JobHold::none);
  CHECK(changed.facts->name == "other");
  CHECK(changed.facts->account == "vision");
  CHECK(changed.facts->time_limit_min == 5);
  CHECK(changed.facts->mail_types == job_mail_type::fail);
  CHECK(changed.priority == 99);
  CHECK(held.facts->name == "train");

  story.starts(7);
  change = {};
  change.time_limit_min = 90;
  story.with(7, JobChanged{change});
  CHECK(story.job(7).run->time_limit_min == 90);
}

TEST_CASE("the list is of living jobs by id, of one user or all") {
  Story story;
  story.submits("kim", 1000).submits("lee", 2).submits("kim", 300).submits("lee", 4);
  story.starts(300).starts(4).ends(4);
  CHECK(ids_of(story.view.rows({})) == Ids{2, 300, 1000});
  CHECK(ids_of(story.view.rows(filter_of("kim"))) == Ids{300, 1000});
  CHECK(ids_of(story.view.rows(filter_of("lee"))) == Ids{2});
  CHECK(story.view.rows(filter_of("park")).empty());
  CHECK(story.view.living_count() == 3);
}

TEST_CASE("ended jobs are listed from a moment on") {
  Story story;
  for (std::uint32_t id = 1; id <= 3; ++id) story.submits("kim", id);
  story.submits("lee", 4).ends(3).ends(1).ends(4);  // They exit at seconds 5, 7 and 9.
  CHECK(ids_of(story.view.rows(filter_of("", 0))) == Ids{1, 2, 3, 4});
  CHECK(ids_of(story.view.rows(filter_of("", 7))) == Ids{1, 2, 4});
  CHECK(ids_of(story.view.rows(filter_of("", 8))) == Ids{2, 4});
  CHECK(ids_of(story.view.rows(filter_of("kim", 7))) == Ids{1, 2});
  CHECK(ids_of(story.view.rows(filter_of("", 10))) == Ids{2});
}

TEST_CASE("a list may be of what has changed since") {
  Story story;
  story.submits("kim", 1).submits("kim", 2).with(1, JobHeld{});
  CHECK(ids_of(story.view.rows(filter_of("", {}, 2))) == Ids{1, 2});
  CHECK(ids_of(story.view.rows(filter_of("", {}, 3))) == Ids{1});
  CHECK(story.view.rows(filter_of("", {}, 4)).empty());
  CHECK(story.view.changed_at() == History::time_at(3));
}

TEST_CASE("an array keeps its ids from the start; its tasks are found by it") {
  Story story;
  story.tell("job_array/10",
             JobArraySubmitted{job_of("kim", "train"), {1, 3, 5}, 2, {}, "r", "digest"});
  CHECK(story.view.largest_id() == 12);
  CHECK(story.view.of_request("r")->id == 10);
  CHECK(story.view.tasks(10).empty());
  for (std::uint32_t i = 0; i < 3; ++i)
    story.with(10 + i, JobSubmitted{job_of("kim", "train"), JobArrayTask{10, 1 + 2 * i, 2},
                                    JobHold::none, "", ""});
  story.ends(11);
  const auto tasks = story.view.tasks(10);
  REQUIRE(ids_of(tasks) == Ids{10, 11, 12});
  CHECK(tasks[1].task->task_id == 3);
  CHECK(tasks[1].status == JobStatus::completed);
  CHECK(tasks[0].facts == tasks[2].facts);  // Shared, as they are equal.
  CHECK(story.view.tasks(11).empty());
}

TEST_CASE("a request that may come again finds its job") {
  Story story;
  story.submits("kim", 1, "r1", "digest").submits("kim", 2, "r2");
  CHECK(story.view.of_request("r1")->id == 1);
  CHECK(story.view.of_request("r1")->digest == "digest");
  CHECK(!story.view.of_request("r2"));
}

TEST_CASE("a loaded view answers as the saved one") {
  Story story;
  story.submits("kim", 1, "r1", "digest").submits("lee", 2).submits("kim", 3).submits("kim", 900);
  story.starts(3).ends(3).starts(2).ends(1);
  JobView loaded;
  loaded.load(saved(story.view));
  for (const auto& filter : {filter_of(""), filter_of("kim"), filter_of("", 12), filter_of("", 0),
                             filter_of("", 13, 14)})
    CHECK(ids_of(loaded.rows(filter)) == ids_of(story.view.rows(filter)));
  CHECK(loaded.counts() == story.view.counts());
  CHECK(loaded.living_count("kim") == story.view.living_count("kim"));
  CHECK(loaded.largest_id() == 900);
  CHECK(loaded.changed_at() == story.view.changed_at());
  CHECK(loaded.of_request("r1")->id == 1);
  CHECK(*loaded.find(2)->facts == *story.job(2).facts);
}

TEST_CASE("streams of jobs whose id is no number are passed over") {
  Story story;
  story.tell("job/x", JobSubmitted{job_of("kim", "x"), {}, JobHold::none, "r", "d"});
  story.tell("job/7x", JobSubmitted{job_of("kim", "x"), {}, JobHold::none, "r", "d"});
  story.tell("job/99999999999", JobSubmitted{job_of("kim", "x"), {}, {}, "r", "d"});
  CHECK(story.view.rows({}).empty());
  CHECK(story.view.largest_id() == 0);
}

TEST_CASE("of very many ended jobs the latest are kept, and no id comes again") {
  constexpr std::uint32_t kept = 200'000;
  Told<JobView> story;
  const auto live = [&](std::uint32_t id) {
    RecordedEvent event = {id,
                           "job/" + std::to_string(id),
                           1,
                           Time(std::chrono::seconds(id)),
                           {},
                           JobSubmitted{job_of("kim", "train"), JobArrayTask{id, 1, 0},
                                        JobHold::none, "r" + std::to_string(id), "digest"}};
    story.view.apply(event);
    event.event = JobEnded{};
    story.view.apply(event);
  };
  for (std::uint32_t id = 1; id <= kept + 2; ++id) live(id);
  CHECK(!story.view.find(2));
  CHECK(!story.view.of_request("r2"));
  CHECK(story.view.tasks(2).empty());
  CHECK(story.view.find(3));
  CHECK(story.view.of_request("r3"));
  CHECK(story.view.rows(filter_of("", 0)).size() == kept);
  CHECK(story.view.counts()[static_cast<std::size_t>(JobStatus::completed)] == kept);
  CHECK(story.view.largest_id() == kept + 2);
}
