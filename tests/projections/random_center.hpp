#pragma once

#include <string>

#include "tests/projections/random_sharing.hpp"

namespace orrery {

/// The part of the university's center: jobs and arrays of them, people, teams, notices, policies.
class RandomCenter : public RandomSharing {
 protected:
  using RandomSharing::RandomSharing;

  void center_event() {
    switch (below(6)) {
      case 0:
        return center_user_event();
      case 1:
        return center_rules_event();
      case 2:
        return job_array_event();
      default:
        return job_event();
    }
  }

 private:
  std::uint32_t small() { return static_cast<std::uint32_t>(below(4)); }

  JobSpecification specification() {
    JobSpecification specification;
    specification.cluster = "aicenter";
    specification.user = one_of("user", 3);
    specification.account = one_of("team", 2);
    specification.partitions = {one_of("p", 3)};
    specification.name = one_of("name", 4);
    specification.resources.gpus_per_node = small();
    specification.time_limit_min = 60;
    if (below(4) == 0) specification.dependencies = {{JobDependencyKind::after_ok, small()}};
    return specification;
  }

  void job_event() {
    const auto stream = one_of("job/", 600);
    if (begins(stream)) {
      JobSubmitted submitted{specification(), std::nullopt, JobHold::none, "", ""};
      if (below(3) == 0) submitted.task = JobArrayTask{small(), small(), 0};
      if (below(2) == 0) submitted.request_digest = digest();
      submitted.request_id = fresh("request");
      return void(happened(stream, submitted));
    }
    below(2) == 0 ? waiting_job_event(stream) : running_job_event(stream);
  }

  void waiting_job_event(const std::string& stream) {
    switch (below(7)) {
      case 0:
        return void(happened(stream, JobHeld{JobHold::admin}));
      case 1:
        return void(happened(stream, JobReleased{}));
      case 2: {
        JobChange change;
        change.name = one_of("name", 4);
        if (below(2) == 0) change.time_limit_min = small();
        if (below(2) == 0) change.priority = small();
        return void(happened(stream, JobChanged{change}));
      }
      case 3:
        return void(happened(stream, JobUnscheduled{"lost"}));
      case 4:
        return void(
            happened(stream, JobRequeued{JobStopReason::preempted, static_cast<int>(small()), {}}));
      default:
        happened(stream, JobScheduled{1, "p1", {node()}, 60, below(2) == 0});
    }
  }

  void running_job_event(const std::string& stream) {
    switch (below(9)) {
      case 0:
        return void(happened(stream, JobAllocated{{{node(), {small()}}}, 7}));
      case 1:
        return void(happened(stream, JobStarted{}));
      case 2:
        return void(happened(stream, JobUtilisationChanged{static_cast<std::uint8_t>(small())}));
      case 3:
        return void(happened(stream, JobWarned{}));
      case 4:
        return void(
            happened(stream, JobStopRequested{static_cast<JobStopReason>(below(7)), 0, "", false}));
      case 5:
        return void(happened(stream, JobSignalled{10, false}));
      case 6:
        return void(happened(stream, JobExited{small(), std::nullopt, true, ""}));
      case 7:
        return void(happened(stream, JobMailNoted{job_mail_type::end}));
      default:
        happened(stream, JobEnded{static_cast<JobOutcome>(below(6)), "None"});
    }
  }

  void job_array_event() {
    const auto stream = one_of("job_array/", 90);
    if (begins(stream))
      happened(stream,
               JobArraySubmitted{specification(), {0, 1, 5}, 0, {}, fresh("request"), digest()});
    else
      happened(stream, JobArrayCancelled{"user0"});
  }

  void center_user_event() {
    const auto name = one_of("user", 9);
    const auto stream = "center_user/" + name;
    const Sealed box{"center-" + name, "box"};
    const CenterGrant grant{one_of("class", 3), one_of("team", 2), {}, CenterRole::none};
    switch (below(12)) {
      case 0:
        return void(happened(stream, CenterUserDeclined{"no"}));
      case 1:
        return void(happened(stream, CenterUserGrantChanged{grant}));
      case 2:
        return void(happened(stream, CenterUserSuspended{"mining", 0}));
      case 3:
        return void(happened(stream, CenterUserReinstated{}));
      case 4:
        return void(happened(stream, CenterUserTokensRevoked{static_cast<int>(small())}));
      case 5:
        if (below(4) == 0) happened(stream, CenterUserErased{});
        return;
      case 6:
      case 7:
      case 8:
        return void(happened(stream, CenterUserApproved{grant, 1000 + small()}));
      default:
        happened(stream,
                 CenterUserApplied{{box, box, box, box}, "A", "team0", fresh("request"), digest()});
    }
  }

  void center_rules_event() {
    switch (below(5)) {
      case 0: {
        BatchPolicy policy;
        policy.nodes = {{node(), {"a100"}}};
        policy.qos.emplace_back().preempt_mode = PreemptMode::requeue;
        return void(happened("batch_policy/" + cluster(), BatchPolicySet{policy}));
      }
      case 1:
        return void(happened(one_of("center_team/team", 3), CenterTeamDissolved{}));
      case 2:
        return void(happened(one_of("center_team/team", 3), CenterTeamSet{"of", "inha", "", {}}));
      case 3:
        return void(happened(one_of("notice/", 20), NoticeWithdrawn{}));
      default:
        happened(one_of("notice/", 20), NoticePosted{"title", "body", NoticeLevel::urgent, "kim"});
    }
  }
};

}  // namespace orrery
