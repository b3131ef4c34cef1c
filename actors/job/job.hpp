#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/job_events.hpp"

namespace orrery {

/// The rules of one batch job: pending → scheduled → allocated → running → stopping → exited →
/// ended, or from exited back to pending where it is requeued. Pure. What may be asked for at all,
/// and who may ask it, is checked before (`actors/batch/admission.hpp`, and the edge).
///
/// An attempt to run has a number, from 1. Leases, reports of drivers and the scheduler's word name
/// it, so what comes late is of no consequence.
struct Job {
  static constexpr std::string_view stream_prefix = "job";
  /// For reports of somebody other than a driver.
  static constexpr std::uint64_t whichever_fence = std::numeric_limits<std::uint64_t>::max();

  struct Submit {
    JobSubmitted request;
  };
  struct Hold {
    JobHold by = JobHold::user;
  };
  /// A hold of an admin's only an admin releases.
  struct Release {
    JobHold by = JobHold::user;
  };
  struct Change {
    JobChange change;
  };
  /// The scheduler's word; its attempt is one more than the last.
  struct Schedule {
    JobScheduled decision;
  };
  /// The job process's: every lease of the attempt is granted.
  struct Allocate {
    std::uint32_t attempt = 0;
    JobAllocated allocation;
  };
  /// The job process's: some lease of the attempt can't be had, and nothing is held any more.
  struct Unschedule {
    std::uint32_t attempt = 0;
    std::string reason;
  };
  /// The driver's words carry the fence that it was told to start with; an older one is refused.
  /// Any of them may come twice, and late.
  struct ReportStarted {
    std::uint64_t fence = 0;
  };
  struct ReportUtilisation {
    std::uint64_t fence = 0;
    std::uint8_t gpu_percent = 0;
  };
  /// Its script ended, by itself or as was asked for; or it could not run (`failure`).
  struct ReportExited {
    std::uint64_t fence = 0;
    JobExited exit;
  };
  struct Warn {
    std::uint32_t attempt = 0;
    JobWarning of = JobWarning::time_limit;
  };
  /// Of one that waits: it has ended then, or stays in the queue where it goes back anyway. Nothing
  /// happens to one that has ended.
  struct Stop {
    JobStopRequested request;
    /// Only this attempt, where a rule wants it; 0: whichever.
    std::uint32_t attempt = 0;
  };
  struct Signal {
    JobSignalled signal;
  };
  /// The job process's: its leases are given back. It ends, or waits again.
  struct Finish {
    std::uint32_t attempt = 0;
    /// For one that goes back.
    std::int64_t begin_time_s = 0;
  };
  /// The job process's; twice of one attempt is once.
  struct NoteMail {
    std::uint32_t attempt = 0;
    std::uint16_t type = 0;
  };
  using Command =
      std::variant<Submit, Hold, Release, Change, Schedule, Allocate, Unschedule, ReportStarted,
                   ReportUtilisation, ReportExited, Warn, Stop, Signal, Finish, NoteMail>;
  using Event = JobEvent;
  enum class Rejection : std::uint8_t {
    job_does_not_exist,
    job_exists_already,
    job_has_ended,
    job_is_held,
    job_is_held_by_an_admin,
    /// Only what waits can be changed so.
    job_runs_already,
    job_does_not_run,
    partitions_must_not_be_empty,
    node_count_must_be_1_to_64,
    gpus_per_node_must_be_16_at_most,
    time_limit_must_be_set,
    attempt_is_stale,
    fence_is_stale,
    command_does_not_fit_state,
  };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, job_does_not_exist, job_exists_already, job_has_ended,
                             job_is_held, job_is_held_by_an_admin, job_runs_already,
                             job_does_not_run, partitions_must_not_be_empty,
                             node_count_must_be_1_to_64, gpus_per_node_must_be_16_at_most,
                             time_limit_must_be_set, attempt_is_stale, fence_is_stale,
                             command_does_not_fit_state)

  /// What every living job is remembered by.
  struct Core {
    JobSubmitted request;
    /// Instead of a computed one; 0: none.
    std::uint32_t priority = 0;
    JobHold hold = JobHold::none;
    /// The last one's number; 0 before the first.
    std::uint32_t attempt = 0;
    /// Mails of this attempt, `job_mail_type` bits.
    std::uint16_t mails_noted = 0;

    bool operator==(const Core&) const = default;
    BOOST_DESCRIBE_CLASS(Core, (), (request, priority, hold, attempt, mails_noted), (), ())
  };

  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  struct Pending {
    Core core;

    bool operator==(const Pending&) const = default;
    BOOST_DESCRIBE_CLASS(Pending, (), (core), (), ())
  };
  /// Its leases are asked for. Where it is to end meanwhile, they are given back.
  struct Scheduled {
    Core core;
    JobScheduled decision;
    std::optional<JobStopRequested> stop;

    bool operator==(const Scheduled&) const = default;
    BOOST_DESCRIBE_CLASS(Scheduled, (), (core, decision, stop), (), ())
  };
  /// With its driver, from its allocation to its exit.
  struct Active {
    Core core;
    JobScheduled decision;
    JobAllocated allocation;
    bool is_running = false;
    std::uint8_t gpu_percent = 100;
    std::uint8_t warnings = 0;
    std::optional<JobStopRequested> stop;

    bool operator==(const Active&) const = default;
    BOOST_DESCRIBE_CLASS(Active, (),
                         (core, decision, allocation, is_running, gpu_percent, warnings, stop), (),
                         ())
  };
  /// Nothing of it runs; what it holds is being given back.
  struct Exited {
    Core core;
    std::optional<JobStopRequested> stop;
    JobExited exit;

    bool operator==(const Exited&) const = default;
    BOOST_DESCRIBE_CLASS(Exited, (), (core, stop, exit), (), ())
  };
  struct Ended {
    std::uint32_t attempt = 0;
    std::uint16_t mails_noted = 0;
    JobOutcome outcome = JobOutcome::completed;

    bool operator==(const Ended&) const = default;
    BOOST_DESCRIBE_CLASS(Ended, (), (attempt, mails_noted, outcome), (), ())
  };
  using State = std::variant<Absent, Pending, Scheduled, Active, Exited, Ended>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State& state) { return std::holds_alternative<Ended>(state); }
};

}  // namespace orrery
