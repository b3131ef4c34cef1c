#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "actors/center_user/center_user.hpp"
#include "actors/job/job.hpp"
#include "actors/job_array/job_array.hpp"
#include "tests/support/play.hpp"

using namespace orrery;

namespace {

JobSubmitted request() {
  JobSubmitted request;
  request.specification.partitions = {"p1"};
  request.specification.time_limit_min = 60;
  request.request_id = "r1";
  return request;
}

JobChange time_of(std::uint32_t time_limit_min) {
  JobChange change;
  change.time_limit_min = time_limit_min;
  return change;
}

/// Every command in several attempts, early and late. Signals are left out: each is one more.
std::vector<Job::Command> commands() {
  std::vector<Job::Command> commands{Job::Submit{request()},
                                     Job::Hold{},
                                     Job::Hold{JobHold::admin},
                                     Job::Release{},
                                     Job::Release{JobHold::admin},
                                     Job::Change{time_of(30)},
                                     Job::Change{time_of(60)},
                                     Job::Stop{{JobStopReason::cancelled, 0, "kim", false}, 0},
                                     Job::Stop{{JobStopReason::requeued, 0, "kim", true}, 0}};
  for (std::uint32_t attempt = 1; attempt < 4; ++attempt) {
    const std::uint64_t fence = attempt * 10;
    commands.push_back(Job::Schedule{{attempt, "p1", {"n1"}, 60, false}});
    commands.push_back(Job::Allocate{attempt, {{{"n1", {0}}}, fence}});
    commands.push_back(Job::Unschedule{attempt, "no room"});
    commands.push_back(Job::ReportStarted{fence});
    commands.push_back(Job::ReportUtilisation{fence, 10});
    commands.push_back(Job::ReportExited{fence, {0, {}, true, ""}});
    commands.push_back(Job::Warn{attempt, JobWarning::idle});
    commands.push_back(Job::Stop{{JobStopReason::preempted, 0, "", true}, attempt});
    commands.push_back(Job::Stop{{JobStopReason::time_limit, 0, "", false}, attempt});
    commands.push_back(Job::Finish{attempt, 0});
    commands.push_back(Job::NoteMail{attempt, job_mail_type::begin});
  }
  return commands;
}

}  // namespace

TEST_CASE("whatever is commanded, a job runs once in each attempt and ends once") {
  CHECK(rc::check([all = commands()] {
    std::uint32_t attempt = 0, allocated = 0, started = 0, exited = 0, ended = 0;
    play<Job>(all, [&](const Job::State& before, const Job::Event& event) {
      RC_ASSERT(ended == 0u || std::holds_alternative<JobMailNoted>(event));
      if (const auto* decision = std::get_if<JobScheduled>(&event)) {
        RC_ASSERT(decision->attempt == ++attempt);
        RC_ASSERT(std::get<Job::Pending>(before).core.hold == JobHold::none);
        RC_ASSERT(exited == allocated);
      }
      if (std::holds_alternative<JobAllocated>(event)) RC_ASSERT(++allocated <= attempt);
      if (std::holds_alternative<JobStarted>(event)) RC_ASSERT(++started <= allocated);
      if (std::holds_alternative<JobExited>(event)) RC_ASSERT(++exited == allocated);
      ended += std::holds_alternative<JobEnded>(event);
    });
  }));
}

TEST_CASE("whatever is commanded, what is allocated has exited before it ends or waits again") {
  CHECK(rc::check([all = commands()] {
    play<Job>(all, [&](const Job::State& before, const Job::Event& event) {
      const bool leaves = std::holds_alternative<JobEnded>(event) ||
                          std::holds_alternative<JobRequeued>(event) ||
                          std::holds_alternative<JobUnscheduled>(event);
      RC_ASSERT(!(leaves && std::holds_alternative<Job::Active>(before)));
    });
  }));
}

TEST_CASE("whatever is commanded, an array is submitted and cancelled once at most") {
  JobArraySubmitted request;
  request.task_ids = {1, 2};
  request.request_id = "r1";
  const std::vector<JobArray::Command> all{JobArray::Submit{request}, JobArray::Cancel{"kim"}};
  CHECK(rc::check([&] {
    int events = 0;
    play<JobArray>(all, [&](const JobArray::State&, const JobArray::Event& event) {
      RC_ASSERT(event.index() == static_cast<std::size_t>(events++));
    });
  }));
}

TEST_CASE("whatever is commanded, nobody comes back who is erased") {
  const CenterGrant grant{"A", "vision", {}, CenterRole::none};
  CenterUserApplied application;
  application.class_name = "A";
  const std::vector<CenterUser::Command> all{
      CenterUser::Apply{application}, CenterUser::Approve{{grant, 1}},
      CenterUser::Decline{"no"},      CenterUser::ChangeGrant{{"B", "x", {}, {}}},
      CenterUser::Suspend{{"x", 0}},  CenterUser::Reinstate{},
      CenterUser::RevokeTokens{5},    CenterUser::Erase{}};
  CHECK(rc::check([&] {
    play<CenterUser>(all, [&](const CenterUser::State& before, const CenterUser::Event&) {
      RC_ASSERT(!CenterUser::is_terminal(before));
    });
  }));
}
