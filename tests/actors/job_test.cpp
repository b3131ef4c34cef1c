#include "actors/job/job.hpp"

#include <catch2/catch.hpp>

#include "tests/support/given.hpp"
#include "tests/support/state_table.hpp"

using namespace orrery;
using Rejection = Job::Rejection;

namespace {

JobSubmitted request() {
  JobSubmitted request;
  auto& wish = request.specification;
  wish.cluster = "aicenter";
  wish.user = "kim";
  wish.account = "lab";
  wish.partitions = {"p1", "p2"};
  wish.name = "train";
  wish.resources.gpu_model = "a100";
  wish.resources.gpus_per_node = 2;
  wish.time_limit_min = 60;
  request.request_id = "r1";
  request.request_digest = "d1";
  return request;
}

const JobScheduled decision{1, "p1", {"a100-n1"}, 60, false};
const JobAllocated allocation{{{"a100-n1", {0, 1}}}, 42};
constexpr auto whichever = Job::whichever_fence;

JobStopRequested stop(JobStopReason reason = JobStopReason::cancelled, bool goes_back = false) {
  return {reason, 0, "kim", goes_back};
}
JobExited exited(std::uint32_t code) { return {code, {}, true, ""}; }

Given<Job> pending() { return given<Job>({request()}); }
Given<Job> held(JobHold by = JobHold::user) { return pending().then({JobHeld{by}}); }
Given<Job> scheduled() { return pending().then({decision}); }
Given<Job> allocated() { return scheduled().then({allocation}); }
Given<Job> running() { return allocated().then({JobStarted{}}); }
Given<Job> stopping(JobStopReason reason = JobStopReason::cancelled, bool goes_back = false) {
  return running().then({stop(reason, goes_back)});
}
Given<Job> done(std::uint32_t code = 0) { return running().then({exited(code)}); }
Given<Job> ended() { return done().then({JobEnded{JobOutcome::completed, "None"}}); }

/// How a job ends that was told to stop so, or ended by itself.
JobEnded end_of(const Given<Job>& job) {
  const auto answer = job.when(Job::Finish{1, 0});
  REQUIRE(answer.has_value());
  REQUIRE(answer->size() == 1);
  return std::get<JobEnded>(answer->front());
}

Job::Change change(JobChange change) { return {std::move(change)}; }
JobChange new_time(std::uint32_t time_limit_min) {
  JobChange change;
  change.time_limit_min = time_limit_min;
  return change;
}
JobChange new_partitions(std::vector<std::string> partitions) {
  JobChange change;
  change.partitions = std::move(partitions);
  return change;
}

}  // namespace

TEST_CASE("a job is submitted, scheduled, allocated, started, exits and ends") {
  CHECK(given<Job>({}).when(Job::Submit{request()}).value() == decided<Job>({request()}));
  CHECK(pending().when(Job::Schedule{decision}).value() == decided<Job>({decision}));
  CHECK(scheduled().when(Job::Allocate{1, allocation}).value() == decided<Job>({allocation}));
  CHECK(allocated().when(Job::ReportStarted{42}).value() == decided<Job>({JobStarted{}}));
  CHECK(running().when(Job::ReportExited{42, exited(0)}).value() == decided<Job>({exited(0)}));
  CHECK(end_of(done()) == JobEnded{JobOutcome::completed, "None"});
}

TEST_CASE("a request that makes no sense is no job") {
  const auto submit = [](auto spoil) {
    auto wish = request();
    spoil(wish.specification);
    return given<Job>({}).when(Job::Submit{wish}).error();
  };
  CHECK(submit([](auto& wish) { wish.partitions.clear(); }) ==
        Rejection::partitions_must_not_be_empty);
  CHECK(submit([](auto& wish) { wish.resources.node_count = 0; }) ==
        Rejection::node_count_must_be_1_to_64);
  CHECK(submit([](auto& wish) { wish.resources.node_count = 65; }) ==
        Rejection::node_count_must_be_1_to_64);
  CHECK(submit([](auto& wish) { wish.resources.gpus_per_node = 17; }) ==
        Rejection::gpus_per_node_must_be_16_at_most);
  CHECK(submit([](auto& wish) { wish.time_limit_min = 0; }) == Rejection::time_limit_must_be_set);
}

TEST_CASE("a request that is sent again makes no second job, and an id is nobody else's") {
  for (const auto& job : {pending(), running(), done()}) {
    CHECK(job.when(Job::Submit{request()}).value().empty());
    auto other = request();
    other.request_digest = "d2";
    CHECK(job.when(Job::Submit{other}).error() == Rejection::job_exists_already);
  }
  CHECK(ended().when(Job::Submit{request()}).error() == Rejection::job_exists_already);
  // Without a name an equal request is somebody else's.
  auto nameless = request();
  nameless.request_id.clear();
  CHECK(given<Job>({nameless}).when(Job::Submit{nameless}).error() ==
        Rejection::job_exists_already);
}

TEST_CASE("a task of an array is named by the array") {
  auto task = request();
  task.request_id.clear();
  task.task = JobArrayTask{7, 3, 2};
  const auto job = given<Job>({task});
  CHECK(job.when(Job::Submit{task}).value().empty());
  task.task->task_id = 4;
  CHECK(job.when(Job::Submit{task}).error() == Rejection::job_exists_already);
  CHECK(pending().when(Job::Submit{task}).error() == Rejection::job_exists_already);
}

TEST_CASE("a hold keeps a job in the queue until who may releases it") {
  CHECK(pending().when(Job::Hold{JobHold::user}).value() == decided<Job>({JobHeld{}}));
  CHECK(held().when(Job::Hold{JobHold::user}).value().empty());
  CHECK(held().when(Job::Hold{JobHold::admin}).value() == decided<Job>({JobHeld{JobHold::admin}}));
  CHECK(held(JobHold::admin).when(Job::Hold{JobHold::user}).value().empty());
  CHECK(held().when(Job::Schedule{decision}).error() == Rejection::job_is_held);
  CHECK(held().when(Job::Release{JobHold::user}).value() == decided<Job>({JobReleased{}}));
  CHECK(held(JobHold::admin).when(Job::Release{JobHold::user}).error() ==
        Rejection::job_is_held_by_an_admin);
  CHECK(held(JobHold::admin).when(Job::Release{JobHold::admin}).value() ==
        decided<Job>({JobReleased{}}));
  CHECK(pending().when(Job::Release{}).value().empty());
  CHECK(held().then({JobReleased{}}).when(Job::Schedule{decision}).has_value());
  CHECK(running().when(Job::Hold{}).error() == Rejection::job_runs_already);
  CHECK(running().when(Job::Release{}).error() == Rejection::job_runs_already);
}

TEST_CASE("a job that waits may be changed, and then it is what it was changed to") {
  CHECK(pending().when(change(new_time(30))).value() == decided<Job>({JobChanged{new_time(30)}}));
  CHECK(pending().when(change(new_time(60))).value().empty());
  CHECK(pending().when(change({})).value().empty());
  CHECK(pending().when(change(new_time(0))).error() == Rejection::time_limit_must_be_set);
  CHECK(pending().when(change(new_partitions({}))).error() ==
        Rejection::partitions_must_not_be_empty);
  const auto moved = pending().then({JobChanged{new_partitions({"p3"})}});
  CHECK(moved.when(Job::Schedule{decision}).error() == Rejection::command_does_not_fit_state);
  CHECK(moved.when(Job::Schedule{{1, "p3", {"a100-n4"}, 60, false}}).has_value());
}

TEST_CASE("a job that has its place takes new words and a new time, and nothing else") {
  for (const auto& job : {scheduled(), allocated(), running()}) {
    CHECK(job.when(change(new_partitions({"p3"}))).error() == Rejection::job_runs_already);
    const auto longer = job.then({JobChanged{new_time(90)}});
    std::visit(
        [](const auto& known) {
          if constexpr (requires { known.decision; }) CHECK(known.decision.time_limit_min == 90);
        },
        longer.state);
    JobChange words;
    words.name = "again";
    words.comment = "x";
    words.mail = JobMail{job_mail_type::end, {}};
    CHECK(job.when(change(words)).value() == decided<Job>({JobChanged{words}}));
  }
  CHECK(done().when(change(new_time(90))).error() == Rejection::command_does_not_fit_state);
}

TEST_CASE("the scheduler's word is for the next attempt, and for the job as it is now") {
  CHECK(pending().when(Job::Schedule{{0, "p1", {"n"}, 60, false}}).error() ==
        Rejection::attempt_is_stale);
  CHECK(pending().when(Job::Schedule{{2, "p1", {"n"}, 60, false}}).error() ==
        Rejection::attempt_is_stale);
  CHECK(pending().when(Job::Schedule{{1, "p1", {}, 60, false}}).error() ==
        Rejection::command_does_not_fit_state);
  CHECK(pending().when(Job::Schedule{{1, "p1", {"n"}, 0, false}}).error() ==
        Rejection::time_limit_must_be_set);
  CHECK(scheduled().when(Job::Schedule{decision}).value().empty());
  CHECK(scheduled().when(Job::Schedule{{1, "p1", {"other"}, 60, false}}).error() ==
        Rejection::attempt_is_stale);
  CHECK(running().when(Job::Schedule{decision}).value().empty());
  const auto again = scheduled().then({JobUnscheduled{"no room"}});
  CHECK(again.when(Job::Schedule{decision}).error() == Rejection::attempt_is_stale);
  CHECK(again.when(Job::Schedule{{2, "p2", {"n"}, 30, true}}).has_value());
}

TEST_CASE("leases of an older attempt are nobody's") {
  CHECK(scheduled().when(Job::Allocate{2, allocation}).error() == Rejection::attempt_is_stale);
  CHECK(scheduled().when(Job::Allocate{1, {}}).error() == Rejection::command_does_not_fit_state);
  CHECK(running().when(Job::Allocate{1, allocation}).value().empty());
  CHECK(pending().when(Job::Allocate{1, allocation}).error() == Rejection::attempt_is_stale);
  CHECK(scheduled().when(Job::Unschedule{1, "no room"}).value() ==
        decided<Job>({JobUnscheduled{"no room"}}));
  CHECK(scheduled().when(Job::Unschedule{2, ""}).error() == Rejection::attempt_is_stale);
  CHECK(scheduled().then({JobUnscheduled{}}).when(Job::Unschedule{1, ""}).value().empty());
  CHECK(running().when(Job::Unschedule{1, ""}).error() == Rejection::command_does_not_fit_state);
}

TEST_CASE("an older fence than the job was allocated with says nothing about it") {
  for (const auto& job : {allocated(), running(), stopping()}) {
    CHECK(job.when(Job::ReportStarted{41}).error() == Rejection::fence_is_stale);
    CHECK(job.when(Job::ReportUtilisation{41, 5}).error() == Rejection::fence_is_stale);
    CHECK(job.when(Job::ReportExited{41, exited(0)}).error() == Rejection::fence_is_stale);
    CHECK(job.when(Job::ReportExited{whichever, exited(0)}).has_value());
  }
  for (const auto& job : {pending(), scheduled()})
    CHECK(job.when(Job::ReportExited{42, exited(0)}).error() == Rejection::fence_is_stale);
  for (const auto& job : {done(), ended()}) {
    CHECK(job.when(Job::ReportStarted{41}).value().empty());
    CHECK(job.when(Job::ReportExited{41, exited(1)}).value().empty());
  }
}

TEST_CASE("utilisation is noted where it changes, and only of what runs") {
  CHECK(allocated().when(Job::ReportUtilisation{42, 5}).error() == Rejection::job_does_not_run);
  CHECK(running().when(Job::ReportUtilisation{42, 100}).value().empty());
  CHECK(running().when(Job::ReportUtilisation{42, 250}).value().empty());
  CHECK(running().when(Job::ReportUtilisation{42, 5}).value() ==
        decided<Job>({JobUtilisationChanged{5}}));
  const auto idle = running().then({JobUtilisationChanged{5}});
  CHECK(idle.when(Job::ReportUtilisation{42, 5}).value().empty());
}

TEST_CASE("a job is warned once of each thing, and anew when that has changed") {
  CHECK(running().when(Job::Warn{2, JobWarning::idle}).error() == Rejection::attempt_is_stale);
  CHECK(pending().when(Job::Warn{1, JobWarning::idle}).error() == Rejection::attempt_is_stale);
  CHECK(running().when(Job::Warn{1, JobWarning::idle}).value() ==
        decided<Job>({JobWarned{JobWarning::idle}}));
  const auto idle = running().then({JobUtilisationChanged{0}, JobWarned{JobWarning::idle}});
  CHECK(idle.when(Job::Warn{1, JobWarning::idle}).value().empty());
  CHECK(idle.when(Job::Warn{1, JobWarning::time_limit}).has_value());
  const auto works_again = idle.then({JobUtilisationChanged{90}, JobUtilisationChanged{0}});
  CHECK(works_again.when(Job::Warn{1, JobWarning::idle}).value().size() == 1);
  const auto warned = running().then({JobWarned{JobWarning::time_limit}});
  CHECK(warned.when(Job::Warn{1, JobWarning::time_limit}).value().empty());
  const auto longer = warned.then({JobChanged{new_time(120)}});
  CHECK(longer.when(Job::Warn{1, JobWarning::time_limit}).value().size() == 1);
}

TEST_CASE("what waits has ended as soon as it is stopped") {
  CHECK(pending().when(Job::Stop{stop(), 0}).value() ==
        decided<Job>({stop(), JobEnded{JobOutcome::cancelled, "None"}}));
  const auto in_vain = stop(JobStopReason::dependency_never_satisfied);
  CHECK(held().when(Job::Stop{in_vain, 0}).value() ==
        decided<Job>({in_vain, JobEnded{JobOutcome::cancelled, "DependencyNeverSatisfied"}}));
  CHECK(pending().when(Job::Stop{stop(JobStopReason::requeued, true), 0}).value().empty());
  // A rule's word about an attempt is void once that is over.
  const auto again = scheduled().then({JobUnscheduled{}});
  CHECK(again.when(Job::Stop{stop(JobStopReason::time_limit), 1}).error() ==
        Rejection::attempt_is_stale);
  CHECK(ended().when(Job::Stop{stop(), 0}).value().empty());
}

TEST_CASE("a job that is stopped while its leases are asked for gives them back first") {
  CHECK(scheduled().when(Job::Stop{stop(), 0}).value() == decided<Job>({stop()}));
  const auto stopped = scheduled().then({stop()});
  CHECK(stopped.when(Job::Stop{stop(), 0}).value().empty());
  CHECK(stopped.when(Job::Allocate{1, allocation}).error() ==
        Rejection::command_does_not_fit_state);
  CHECK(stopped.when(Job::Unschedule{1, ""}).value() ==
        decided<Job>({JobEnded{JobOutcome::cancelled, "None"}}));
  const auto comes_back = scheduled().then({stop(JobStopReason::preempted, true)});
  CHECK(comes_back.when(Job::Unschedule{1, "x"}).value() == decided<Job>({JobUnscheduled{"x"}}));
}

TEST_CASE("a job that runs is stopped once, but who wants it gone for good is heard") {
  CHECK(running().when(Job::Stop{stop(), 1}).value() == decided<Job>({stop()}));
  CHECK(running().when(Job::Stop{stop(), 2}).error() == Rejection::attempt_is_stale);
  CHECK(stopping().when(Job::Stop{stop(JobStopReason::time_limit), 1}).value().empty());
  const auto comes_back = stopping(JobStopReason::node_failed, true);
  CHECK(comes_back.when(Job::Stop{stop(JobStopReason::preempted, true), 1}).value().empty());
  CHECK(comes_back.when(Job::Stop{stop(), 0}).value() == decided<Job>({stop()}));
  const auto has_exited = comes_back.then({exited(1)});
  CHECK(has_exited.when(Job::Stop{stop(), 0}).value() == decided<Job>({stop()}));
  CHECK(done().when(Job::Stop{stop(), 0}).value().empty());
}

TEST_CASE("a job that may not go back ends") {
  auto once = request();
  once.specification.may_requeue = false;
  const auto job = given<Job>({once, decision, allocation, JobStarted{}});
  CHECK(job.when(Job::Stop{stop(JobStopReason::node_failed, true), 1}).value() ==
        decided<Job>({stop(JobStopReason::node_failed)}));
}

TEST_CASE("who wants a job anew that may not start again doesn't end it") {
  auto once = request();
  once.specification.may_requeue = false;
  const auto anew = stop(JobStopReason::requeued, true);
  const auto waiting = given<Job>({once});
  CHECK(waiting.when(Job::Stop{anew, 0}).value().empty());
  for (const auto& job : {waiting.then({decision}), waiting.then({decision, allocation}),
                          waiting.then({decision, allocation, JobStarted{}})})
    CHECK(job.when(Job::Stop{anew, 0}).error() == Rejection::command_does_not_fit_state);
}

TEST_CASE("a job that goes back waits anew, and not before it may") {
  const auto job = stopping(JobStopReason::requeued, true).then({exited(1)});
  const JobRequeued requeued{JobStopReason::requeued, 1'000, JobHold::none};
  CHECK(job.when(Job::Finish{1, 1'000}).value() == decided<Job>({requeued}));
  const auto again = job.then({requeued});
  CHECK(std::get<Job::Pending>(again.state).core.request.specification.begin_time_s == 1'000);
  CHECK(again.when(Job::Finish{1, 1'000}).value().empty());
  CHECK(again.when(Job::ReportExited{42, exited(1)}).error() == Rejection::fence_is_stale);
  CHECK(again.when(Job::Schedule{{2, "p1", {"n"}, 60, false}}).has_value());
}

TEST_CASE("how a job ends follows from why it was stopped, and else from its exit") {
  const auto after_stop = [](JobStopReason reason) {
    return end_of(stopping(reason).then({exited(9)}));
  };
  CHECK(after_stop(JobStopReason::cancelled) == JobEnded{JobOutcome::cancelled, "None"});
  CHECK(after_stop(JobStopReason::time_limit) == JobEnded{JobOutcome::timeout, "TimeLimit"});
  CHECK(after_stop(JobStopReason::idle) == JobEnded{JobOutcome::cancelled, "GpuIdle"});
  CHECK(after_stop(JobStopReason::preempted) == JobEnded{JobOutcome::preempted, "None"});
  CHECK(after_stop(JobStopReason::node_failed) == JobEnded{JobOutcome::node_fail, "NodeDown"});
  CHECK(after_stop(JobStopReason::requeued) == JobEnded{JobOutcome::cancelled, "None"});
  CHECK(end_of(done(3)) == JobEnded{JobOutcome::failed, "NonZeroExitCode"});
  CHECK(end_of(running().then({JobExited{{}, 9, true, ""}})) ==
        JobEnded{JobOutcome::failed, "NonZeroExitCode"});
  CHECK(end_of(allocated().then({JobExited{{}, {}, true, "No such script."}})) ==
        JobEnded{JobOutcome::failed, "JobLaunchFailure"});
  CHECK(end_of(running().then({JobExited{{}, {}, false, ""}})) ==
        JobEnded{JobOutcome::node_fail, "NodeDown"});
}

TEST_CASE("an attempt is finished once") {
  CHECK(done().when(Job::Finish{2, 0}).error() == Rejection::attempt_is_stale);
  CHECK(ended().when(Job::Finish{1, 0}).value().empty());
  CHECK(running().when(Job::Finish{1, 0}).error() == Rejection::command_does_not_fit_state);
  const auto second = scheduled().then({JobUnscheduled{}, JobScheduled{2, "p1", {"n"}, 60, false}});
  CHECK(second.when(Job::Finish{1, 0}).value().empty());
}

TEST_CASE("signals reach what runs") {
  CHECK(running().when(Job::Signal{{10, true}}).value() == decided<Job>({JobSignalled{10, true}}));
  CHECK(stopping().when(Job::Signal{{9, false}}).has_value());
  for (const auto& job : {pending(), scheduled(), allocated(), done()})
    CHECK(job.when(Job::Signal{{10, false}}).error() == Rejection::job_does_not_run);
  CHECK(ended().when(Job::Signal{{10, false}}).error() == Rejection::job_has_ended);
  CHECK(given<Job>({}).when(Job::Signal{{10, false}}).error() == Rejection::job_does_not_exist);
}

TEST_CASE("a mail is noted once of each attempt, even of a job that has ended") {
  const Job::NoteMail note{1, job_mail_type::end};
  for (const auto& job : {running(), done(), ended()}) {
    CHECK(job.when(note).value() == decided<Job>({JobMailNoted{job_mail_type::end}}));
    CHECK(job.then({JobMailNoted{job_mail_type::end}}).when(note).value().empty());
    CHECK(job.when(Job::NoteMail{2, job_mail_type::end}).error() == Rejection::attempt_is_stale);
    CHECK(job.when(Job::NoteMail{1, 3}).error() == Rejection::command_does_not_fit_state);
  }
  const auto noted = running().then({JobMailNoted{job_mail_type::begin}, exited(0),
                                     JobRequeued{JobStopReason::requeued, 0, JobHold::none}});
  CHECK(noted.when(Job::NoteMail{1, job_mail_type::begin}).value().empty());
  const auto second = noted.then({JobScheduled{2, "p1", {"n"}, 60, false}});
  CHECK(second.when(Job::NoteMail{2, job_mail_type::begin}).value().size() == 1);
}

TEST_CASE("every state of a job answers every command as the table says", "[golden]") {
  check_state_table<Job>({
      {{"absent", Job::Absent{}},
       {"pending", pending().state},
       {"held by its user", held().state},
       {"held by an admin", held(JobHold::admin).state},
       {"scheduled", scheduled().state},
       {"scheduled, to end", scheduled().then({stop()}).state},
       {"allocated", allocated().state},
       {"running", running().state},
       {"stopping", stopping().state},
       {"stopping, goes back", stopping(JobStopReason::preempted, true).state},
       {"exited", done().state},
       {"exited, goes back", stopping(JobStopReason::preempted, true).then({exited(1)}).state},
       {"ended", ended().state}},
      {{"submit", Job::Submit{request()}},
       {"hold", Job::Hold{}},
       {"hold by an admin", Job::Hold{JobHold::admin}},
       {"release", Job::Release{}},
       {"change its time", change(new_time(30))},
       {"change its partitions", change(new_partitions({"p3"}))},
       {"schedule", Job::Schedule{decision}},
       {"allocate", Job::Allocate{1, allocation}},
       {"unschedule", Job::Unschedule{1, "no room"}},
       {"report started", Job::ReportStarted{42}},
       {"report started, stale", Job::ReportStarted{41}},
       {"report utilisation", Job::ReportUtilisation{42, 10}},
       {"report exited", Job::ReportExited{42, exited(0)}},
       {"report exited, stale", Job::ReportExited{41, exited(0)}},
       {"warn", Job::Warn{1, JobWarning::idle}},
       {"stop", Job::Stop{stop(), 0}},
       {"stop the attempt", Job::Stop{stop(), 1}},
       {"requeue", Job::Stop{stop(JobStopReason::requeued, true), 0}},
       {"signal", Job::Signal{{10, false}}},
       {"finish", Job::Finish{1, 0}},
       {"note a mail", Job::NoteMail{1, job_mail_type::begin}}},
  });
}
