#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "drivers/driver.hpp"
#include "events/archive.hpp"
#include "events/batch_policy_events.hpp"
#include "events/envelope.hpp"

namespace orrery {

/// The part of `DriverDuties` about batch jobs: those that shall run, what they are to be
/// signalled, those that shall be gone. Pure.
///
/// A job that is allocated is to be started until it has exited: told again, its driver goes on
/// with what runs. One that is to end is to be stopped until it has exited. Of one that exited
/// without its driver's word, because its node was lost, that attempt is to be stopped there until
/// the node is ready again, and once more then; by that time the job itself may run elsewhere.
///
/// Jobs that wait cost nothing here. So a start comes without what was asked for
/// (`specification`, `task`, `array`): whoever passes it on reads that from the job's own stream
/// (job_order.hpp).
class JobDuties {
 public:
  /// Between SIGTERM and SIGKILL on nodes that no policy names.
  static constexpr std::uint32_t kill_wait_s_default = 30;
  /// What a driver that has forgotten everything is told of a job's signals: so many of the last.
  static constexpr std::size_t signals_max = 16;

  void apply(const RecordedEvent& recorded);
  /// The node is up: what ended when it was lost is told a last time.
  void forget_lost(std::string_view node_id);
  /// Where it has its driver; empty where it hasn't.
  std::string_view node_of(std::string_view id) const;
  /// What became owed since the last question.
  void due(std::vector<DriverMessage>& owed);
  /// Everything that is owed.
  void resume(std::vector<DriverMessage>& owed);
  void save(ByteWriter& writer) const { writer(duties_, lost_, kill_waits_); }
  void load(ByteReader& reader) { reader(duties_, lost_, kill_waits_); }

 private:
  struct SentSignal {
    Position number = 0;
    std::uint32_t signal = 0;
    bool to_script_only = false;

    BOOST_DESCRIBE_CLASS(SentSignal, (), (number, signal, to_script_only), (), ())
  };
  struct Duty {
    std::uint32_t attempt = 0;
    std::string partition;
    std::uint32_t time_limit_min = 0;
    /// Empty until it is allocated: nothing is owed by then.
    std::vector<JobPlace> places;
    std::uint64_t fence = 0;
    /// In microseconds since 1970; 0: it isn't known to have started.
    std::int64_t started_at_us = 0;
    std::vector<SentSignal> signals;
    std::optional<JobStopRequested> stop;
    Position causation = 0;
    std::string correlation;

    BOOST_DESCRIBE_CLASS(Duty, (),
                         (attempt, partition, time_limit_min, places, fence, started_at_us, signals,
                          stop, causation, correlation),
                         (), ())
  };
  using Duties = std::map<std::string, Duty, std::less<>>;
  /// An attempt whose end nobody saw.
  struct Lost {
    std::string job_id;
    std::uint64_t fence = 0;
    Position causation = 0;
    std::string correlation;

    BOOST_DESCRIBE_CLASS(Lost, (), (job_id, fence, causation, correlation), (), ())
  };

  void on(const RecordedEvent& recorded, const JobScheduled& event);
  void on(const RecordedEvent& recorded, const JobAllocated& event);
  void on(const RecordedEvent& recorded, const JobUnscheduled& event);
  void on(const RecordedEvent& recorded, const JobEnded& event);
  void on(const RecordedEvent& recorded, const JobStarted& event);
  void on(const RecordedEvent& recorded, const JobSignalled& event);
  void on(const RecordedEvent& recorded, const JobStopRequested& event);
  void on(const RecordedEvent& recorded, const JobExited& event);
  void on(const RecordedEvent& recorded, const BatchPolicySet& event);

  void lose(const RecordedEvent& recorded, const Duty& duty);
  void forget(std::string_view id);
  void owe(std::string_view id, const Duty& duty, std::vector<DriverMessage>& owed) const;
  static StopJob stop_of(std::string_view node_id, const Lost& lost);
  static SignalJob signal_of(std::string_view id, const Duty& duty, const SentSignal& sent);

  Duties duties_;
  /// By node, in the order in which they were lost.
  std::map<std::string, std::vector<Lost>, std::less<>> lost_;
  /// By node, as the policies of their clusters say.
  std::map<std::string, std::uint32_t, std::less<>> kill_waits_;

  /// What `due` looks at; never saved.
  std::set<std::string, std::less<>> noted_;
  std::vector<DriverMessage> words_;
  bool resumed_ = false;
};

}  // namespace orrery
