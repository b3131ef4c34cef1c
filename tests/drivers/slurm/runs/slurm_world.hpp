#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "drivers/runs/record_file.hpp"
#include "drivers/slurm/claim/claim_order.hpp"
#include "drivers/slurm/claim/claim_secret.hpp"
#include "drivers/slurm/runs/attempt_files.hpp"
#include "drivers/slurm/runs/slurm_runs.hpp"
#include "storage/subject_keys.hpp"
#include "tests/drivers/slurm/runs/fake_slurm.hpp"
#include "tests/support/scratch_folder.hpp"

namespace orrery {

/// The runs of a driver, a fake Slurm, and what the log holds of both; everything happens when it
/// is told to. Reports and calls wait until they are delivered, and are lost with the driver.
struct SlurmWorld {
  ScratchFolder folder;
  FakeSlurm slurm;
  std::map<std::string, SlurmRun::State> streams;
  std::map<std::string, std::vector<SlurmRun::Event>> events;
  std::map<std::string, Service::State> services;
  std::map<std::string, std::vector<ServiceEnded>> ends;
  std::map<std::string, Job::State> jobs;
  std::deque<OwedCommand> sent;
  std::deque<SlurmCall> calls;
  /// The URLs that were asked for, by run; those that nobody asks for any more are gone.
  std::map<std::string, std::string> probes;
  std::map<std::string, Instance::State> instances;
  std::map<std::string, std::vector<Instance::Event>> instance_events;
  /// Whatever jobs were told.
  std::map<std::string, std::vector<Job::Command>> job_reports;
  std::unique_ptr<SubjectKeys> keys = SubjectKeys::in_memory();
  /// Why no job fits where it is to go; mostly it does.
  std::optional<LaunchFailure> misfit;
  /// That its nodes are in.
  std::string partition = "gpu";
  SlurmRuns::Moment now{};
  SlurmConfiguration configuration;
  std::optional<SlurmRuns> driver;

  SlurmWorld() {
    configuration.directory = folder.path() / "runs";
    configuration.homes = folder.path() / "homes";
    configuration.subject_keys = keys.get();
    configuration.program = "/opt/orrery";
    configuration.server_url = "http://127.0.0.1:1";
    configuration.sandbox = SandboxMode::off;
    configuration.port_first = 29'400;
    configuration.port_last = 29'499;
    std::filesystem::create_directories(configuration.directory);
    std::filesystem::create_directories(configuration.homes);
    restart();
  }

  /// Another driver, which knows nothing but what is written.
  void restart() {
    driver.reset();
    sent.clear();
    calls.clear();
    probes.clear();
    driver.emplace(
        configuration,
        SlurmRuns::Surroundings{
            [this](OwedCommand owed) { sent.push_back(std::move(owed)); },
            [this](SlurmCall call) { calls.push_back(std::move(call)); },
            [this](const std::string& run) { return streams[run]; },
            [this](const std::string& run, const std::string& url) { probes[run] = url; },
            [this](const std::string& run) { probes.erase(run); },
            [](std::string_view node_id) {
              return node_id == "slurm-a1" ? SlurmPlace{"a1", "127.0.0.1", "a100"} : SlurmPlace{};
            },
            [this](SlurmOrder& order) {
              order.partition = partition;
              return misfit;
            },
        });
    driver->at(now);
    driver->adopt();
  }

  /// As its duties say it, whenever the driver is new.
  void tell(const std::string& id) {
    const auto& state = services[id];
    if (const auto* placed = std::get_if<Service::Placed>(&state))
      driver->start(start_of(id, placed->placement.fence, placed->request.specification));
    if (const auto* stopping = std::get_if<Service::Stopping>(&state))
      driver->stop(StopService{id, "slurm-a1", stopping->placement.fence, 1, {}});
  }

  static StartService start_of(const std::string& id, std::uint64_t fence,
                               const ServiceSpecification& specification) {
    StartService start;
    start.service_id = id;
    start.node_id = "slurm-a1";
    start.gpu_indices = {0};
    start.fence = fence;
    start.specification = specification;
    return start;
  }

  void order(const std::string& id, std::uint64_t fence = 1) {
    ServiceRequested request;
    request.specification.launch.command = {"sleep", "1000"};
    request.specification.launch.grace_period_s = 1;
    services[id] = Service::Placed{request, {"lease", "slurm-a1", {0}, fence}};
    tell(id);
  }

  /// The first attempt at a job.
  void order_job(const std::string& id, bool may_requeue = true) {
    Job::Active active;
    active.core.attempt = 1;
    active.core.request.specification.user = "kim";
    active.core.request.specification.may_requeue = may_requeue;
    active.allocation = {{{"slurm-a1", {0}}}, 1};
    jobs[id] = active;
    tell_job(id);
  }

  /// As the duties of its driver say it.
  void tell_job(const std::string& id) {
    const auto* active = std::get_if<Job::Active>(&jobs[id]);
    if (active == nullptr) return;
    if (active->stop)
      return driver->stop(StopJob{id, "slurm-a1", 1, 1, 0, active->stop->reason, {}});
    StartJob start;
    start.job_id = id;
    start.node_id = "slurm-a1";
    start.places = active->allocation.places;
    start.fence = start.attempt = 1;
    start.specification = active->core.request.specification;
    start.specification.script.text = keys->seal("center-kim", "#!/bin/sh\nsleep 1000\n").value();
    driver->start(start);
  }

  /// Nothing of it runs, and it goes back into the queue.
  bool has_gone_back(const std::string& id) {
    const auto* exited = std::get_if<Job::Exited>(&jobs[id]);
    return exited != nullptr && exited->stop && exited->stop->goes_back;
  }

  /// It is switched on with its first fence, or with a later one.
  void order_instance(const std::string& id, std::uint64_t fence = 1) {
    auto& state = instances[id];
    if (fence == 1) state = Instance::Waiting{};
    decide<Instance>(state, Instance::Place{{"lease", "slurm-a1", {0}, fence}}, nullptr);
    StartInstance start;
    start.instance_id = id;
    start.node_id = "slurm-a1";
    start.gpu_indices = {0};
    start.fence = fence;
    start.image = "images.example/pytorch:2.3.0";
    driver->start(start);
  }

  /// As its duties say it, too, whenever the driver is new.
  void order_instance_off(const std::string& id, std::optional<SnapshotWish> wish = {}) {
    decide<Instance>(instances[id], Instance::Stop{{{}, 1, wish}}, nullptr);
    const auto* stopping = std::get_if<Instance::Stopping>(&instances[id]);
    if (stopping != nullptr)
      driver->stop(StopInstance{id, "slurm-a1", stopping->placement.fence, 1, wish, {}});
  }

  void order_end(const std::string& id) {
    decide<Service>(services[id], Service::Stop{}, nullptr);
    tell(id);
  }

  /// The first command waiting is decided; the driver hears of it, or dies before.
  bool deliver(bool is_heard = true) {
    if (sent.empty()) return false;
    is_heard_ = is_heard;
    const auto owed = std::move(sent.front());
    sent.pop_front();
    if (const auto* to = std::get_if<To<SlurmRun>>(&owed.command))
      answer<SlurmRun>(*to, streams[to->id],
                       [&](const auto& event) { events[to->id].push_back(event); });
    if (const auto* to = std::get_if<To<Service>>(&owed.command))
      answer<Service>(*to, services[to->id], [&](const auto& event) {
        if (const auto* end = std::get_if<ServiceEnded>(&event)) ends[to->id].push_back(*end);
      });
    if (const auto* to = std::get_if<To<Instance>>(&owed.command))
      answer<Instance>(*to, instances[to->id],
                       [&](const auto& event) { instance_events[to->id].push_back(event); });
    if (const auto* to = std::get_if<To<Job>>(&owed.command)) {
      job_reports[to->id].push_back(to->command);
      bool is_to_stop = false;
      answer<Job>(*to, jobs[to->id], [&](const auto& event) {
        is_to_stop = is_to_stop || std::holds_alternative<JobStopRequested>(event);
      });
      // A run that is over has been told to end by itself.
      if (is_to_stop && !SlurmRun::is_terminal(streams["job-" + to->id + ".1"])) tell_job(to->id);
    }
    return true;
  }

  /// The first call waiting is carried out; the driver hears of it, or nobody does. Where files are
  /// to be written, the other is that they can't be: a disk is nobody else's.
  bool carry_out(bool is_answered = true) {
    if (calls.empty()) return false;
    const auto call = std::move(calls.front());
    calls.pop_front();
    const SlurmFailure unheard = FakeSlurm::unknown();
    if (const auto* prepare = std::get_if<PrepareCall>(&call)) {
      driver->take(*prepare, is_answered ? write_attempt(configuration, *prepare) : std::nullopt);
    } else if (const auto* submit = std::get_if<SubmitCall>(&call)) {
      const auto id = slurm.submit(submit->order);
      driver->take(*submit, is_answered ? id : SlurmResult<std::uint64_t>(unheard));
    } else if (const auto* cancel = std::get_if<CancelCall>(&call)) {
      const auto done = slurm.cancel(cancel->id, cancel->name);
      driver->take(*cancel, is_answered ? done : SlurmResult<void>(unheard));
    } else if (const auto* signal = std::get_if<SignalCall>(&call)) {
      const auto done = slurm.signal(signal->id, signal->name, signal->signal);
      driver->take(*signal, is_answered ? done : SlurmResult<void>(unheard));
    } else if (const auto* save = std::get_if<SaveCall>(&call)) {
      if (is_answered)
        driver->take(*save, std::uint64_t{4'096});
      else
        driver->take(*save, LaunchFailure{"snapshot_failed", "The disk is full."});
    }
    return true;
  }

  void look() {
    SlurmSight sight;
    sight.number = driver->begin_look();
    if (!slurm.is_up) return driver->see_nothing();
    sight.controller = {"fake", "22.05.8", slurm.boot_time_s};
    sight.jobs = slurm.jobs;
    driver->see(sight);
  }

  void pass(std::chrono::milliseconds time) {
    now += time;
    driver->at(now);
  }

  /// Everything that waits happens.
  void settle() {
    for (bool is_busy = true; is_busy;) {
      pass(std::chrono::milliseconds(101));
      is_busy = deliver();
      is_busy = carry_out() || is_busy;
    }
  }
  void settle_with_look() {
    settle();
    look();
    settle();
  }

  RunDirectory directory(const std::string& run) const {
    return RunDirectory(configuration.directory / run);
  }

  /// A job's first act; true where it may go on. It has begun then.
  bool claim(const std::string& run, std::uint32_t attempt, std::uint64_t slurm_job_id) {
    const auto file =
        configuration.directory / run / ("claim." + std::to_string(attempt) + ".json");
    const auto order = read_record<ClaimOrder>(file);
    if (!order) return false;
    const SlurmRun::Claim claim{
        {attempt, slurm_job_id, "claimant " + std::to_string(++claimants_), "a1"},
        digest_of_claim_secret(order->secret)};
    if (!decide<SlurmRun>(streams[run], claim, &events[run])) return false;
    directory(run).write(ProcessRecord{"boot", {1, 1}, {2, 2}});
    return true;
  }

  /// Slurm runs the last attempt, which claims.
  bool run_job(const std::string& name) {
    auto* job = slurm.find(name);
    if (job == nullptr || has_ended(job->state)) return false;
    job->state = SlurmJobState::running;
    const auto parts = attempt_of_job(name);
    if (claim(std::string(parts->run), parts->attempt, job->id)) return true;
    job->state = SlurmJobState::failed;
    return false;
  }

  void end_job(const std::string& name, const ExitRecord& exit,
               SlurmJobState state = SlurmJobState::completed) {
    const auto parts = attempt_of_job(name);
    directory(std::string(parts->run)).write(exit);
    if (auto* job = slurm.find(name)) job->state = state;
  }

  /// From an order to a job that has claimed and been seen.
  void bring_up(const std::string& id) {
    order(id);
    bring_up_run(id + ".1");
  }
  void bring_up_run(const std::string& run) {
    settle_with_look();
    run_job(run + ".1");
    settle_with_look();
  }

  template <class Event>
  const Event* event_of(const std::string& run) const {
    const auto found = events.find(run);
    if (found == events.end()) return nullptr;
    for (auto event = found->second.rbegin(); event != found->second.rend(); ++event)
      if (const auto* wanted = std::get_if<Event>(&*event)) return wanted;
    return nullptr;
  }

  /// None where its job wasn't told so.
  template <class Report>
  const Report* report_of_job(const std::string& id) const {
    const auto found = job_reports.find(id);
    if (found == job_reports.end()) return nullptr;
    for (const auto& report : found->second)
      if (const auto* wanted = std::get_if<Report>(&report)) return wanted;
    return nullptr;
  }

  bool is_running(const std::string& id) {
    return std::holds_alternative<Service::Running>(services[id]);
  }

  /// False where it was refused.
  template <class A>
  static bool decide(typename A::State& state, const typename A::Command& command,
                     std::vector<typename A::Event>* into) {
    const auto decision = A::decide(state, command);
    if (!decision) return false;
    for (const auto& event : *decision) {
      state = A::evolve(std::move(state), event);
      if (into != nullptr) into->push_back(event);
    }
    return true;
  }

 private:
  template <class A, class Take>
  void answer(const To<A>& to, typename A::State& state, Take take) {
    const auto decision = A::decide(state, to.command);
    if (!decision && is_heard_) driver->refused(Rejected<A>{to.id, to.command, decision.error()});
    if (!decision) return;
    for (const auto& event : *decision) {
      state = A::evolve(std::move(state), event);
      take(event);
    }
    if (is_heard_) driver->accepted(to);
  }

  int claimants_ = 0;
  bool is_heard_ = true;
};

}  // namespace orrery
