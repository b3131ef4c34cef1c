#include "drivers/local_process/local_process_actor.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "actors/runtime/command_sender.hpp"
#include "drivers/local_process/gpu_utilisation.hpp"
#include "drivers/local_process/local_processes.hpp"
#include "drivers/runs/job_planning.hpp"

namespace orrery {
namespace {

/// What the driver's thread wants reported.
struct LocalReport {
  OwedCommand owed;
};
/// The driver's word to itself.
struct RetryLocalReports {};

}  // namespace
}  // namespace orrery

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::LocalReport)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::RetryLocalReports)

namespace orrery {
namespace {

constexpr std::chrono::milliseconds retry_interval{250};
constexpr std::chrono::milliseconds wait_max{1'000};
constexpr std::size_t reports_in_flight_max = 1'024;
constexpr std::chrono::minutes gpu_interval{1};

/// The processes on a thread of their own, and what that thread is to do.
class LocalProcessThread {
 public:
  using Task = std::function<void(LocalProcesses&)>;

  LocalProcessThread(LocalProcessConfiguration configuration, LocalProcesses::Report report)
      : processes_(std::move(configuration), std::move(report)), thread_([this] { run(); }) {}
  ~LocalProcessThread() {
    do_there([this](LocalProcesses&) { is_over_ = true; });
    thread_.join();
  }
  LocalProcessThread(const LocalProcessThread&) = delete;
  LocalProcessThread& operator=(const LocalProcessThread&) = delete;

  void do_there(Task task) {
    {
      const std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    processes_.wake();
  }

 private:
  void run() {
    processes_.adopt();
    while (!is_over_) {
      std::vector<Task> tasks;
      {
        const std::lock_guard lock(mutex_);
        tasks.swap(tasks_);
      }
      for (const auto& task : tasks) task(processes_);
      if (tasks.empty()) processes_.wait(wait_max);
    }
  }

  LocalProcesses processes_;
  std::mutex mutex_;
  std::vector<Task> tasks_;
  bool is_over_ = false;
  std::thread thread_;
};

/// Which start a report is about.
template <class Command>
std::uint64_t fence_of(const Command& command) {
  return std::visit(
      [](const auto& report) -> std::uint64_t {
        if constexpr (requires { report.fence; }) return report.fence;
        return 0;
      },
      command);
}

bool is_of_the_end(const Service::Command& command) {
  return std::holds_alternative<Service::ReportExited>(command) ||
         std::holds_alternative<Service::ReportFailed>(command);
}

bool is_of_the_end(const Job::Command& command) {
  return std::holds_alternative<Job::ReportExited>(command);
}

/// Which run a report is about, and of what that was refused for: nobody wants the run any more.
std::string run_of(const To<Service>& report) { return report.id; }
std::string run_of(const To<Job>& report) { return run_id_of_job(report.id); }
bool is_unwanted(const Rejected<Service>& report) {
  using Rejection = Service::Rejection;
  return report.rejection == Rejection::service_has_ended ||
         report.rejection == Rejection::service_does_not_exist ||
         report.rejection == Rejection::fence_is_stale;
}
bool is_unwanted(const Rejected<Job>& report) {
  using Rejection = Job::Rejection;
  return report.rejection == Rejection::job_has_ended ||
         report.rejection == Rejection::job_does_not_exist ||
         report.rejection == Rejection::fence_is_stale;
}

/// Asks every so often what the GPUs do, and hands it on. On a thread of its own: the answer may
/// take seconds.
class GpuWatch {
 public:
  using Take = std::function<void(GpuUtilisation)>;

  explicit GpuWatch(Take take)
      : take_(std::move(take)), thread_([this](const std::stop_token& stop) { run(stop); }) {}

 private:
  void run(const std::stop_token& stop) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    while (!told_to_stop_.wait_for(lock, stop, gpu_interval, [] { return false; }) &&
           !stop.stop_requested())
      take_(find_gpu_utilisation());
  }

  Take take_;
  std::condition_variable_any told_to_stop_;
  std::jthread thread_;
};

/// The thread, and the way its reports go.
class LocalDriver {
 public:
  LocalDriver(caf::event_based_actor* self, const CommandBus& bus,
              LocalProcessConfiguration configuration)
      : self_(self),
        sender_(self, bus, reports_in_flight_max,
                {[this](const RefusedCommand& refused) { was_refused(refused); },
                 [this] { retry_later(); },
                 [this](const AddressedCommand& accepted) { was_accepted(accepted); }}),
        thread_(std::move(configuration),
                [driver = caf::actor_cast<caf::actor_addr>(self)](OwedCommand owed) {
                  if (const auto actor = caf::actor_cast<caf::actor>(driver))
                    caf::anon_send(actor, LocalReport{std::move(owed)});
                }) {}

  void do_there(LocalProcessThread::Task task) { thread_.do_there(std::move(task)); }

  void report(const OwedCommand& owed) { sender_.send({owed}); }

  void retry() {
    retry_is_set_ = false;
    sender_.retry();
  }

 private:
  void retry_later() {
    if (std::exchange(retry_is_set_, true)) return;
    self_->delayed_send(self_, retry_interval, RetryLocalReports{});
  }

  void was_accepted(const AddressedCommand& accepted) {
    if (const auto* of_service = std::get_if<To<Service>>(&accepted)) take_end(*of_service);
    if (const auto* of_job = std::get_if<To<Job>>(&accepted)) take_end(*of_job);
  }
  template <class A>
  void take_end(const To<A>& report) {
    if (!is_of_the_end(report.command)) return;
    do_there([run = run_of(report), fence = fence_of(report.command)](LocalProcesses& processes) {
      processes.end_was_taken(run, fence);
    });
  }

  void was_refused(const RefusedCommand& refused) {
    if (const auto* of_service = std::get_if<Rejected<Service>>(&refused)) end_refused(*of_service);
    if (const auto* of_job = std::get_if<Rejected<Job>>(&refused)) end_refused(*of_job);
  }
  template <class A>
  void end_refused(const Rejected<A>& report) {
    if (!is_unwanted(report)) return;
    do_there([run = run_of(To<A>{report.id, report.command}), fence = fence_of(report.command)](
                 LocalProcesses& processes) { processes.was_refused(run, fence); });
  }

  caf::event_based_actor* self_;
  CommandSender sender_;
  bool retry_is_set_ = false;
  LocalProcessThread thread_;
  GpuWatch gpu_watch_{[this](GpuUtilisation utilisation) {
    do_there([utilisation = std::move(utilisation)](LocalProcesses& processes) {
      processes.take_utilisation(utilisation);
    });
  }};
};

caf::behavior local_process_actor(caf::event_based_actor* self, const CommandBus& bus,
                                  const LocalProcessConfiguration& configuration) {
  const auto driver = std::make_shared<LocalDriver>(self, bus, configuration);
  return {
      [=](const BootNode& boot) {
        driver->do_there([boot](LocalProcesses& processes) { processes.boot(boot); });
      },
      [=](const StartService& start) {
        driver->do_there([start](LocalProcesses& processes) { processes.start(start); });
      },
      [=](const StopService& stop) {
        driver->do_there([stop](LocalProcesses& processes) { processes.stop(stop); });
      },
      [=](const StartJob& start) {
        driver->do_there([start](LocalProcesses& processes) { processes.start(start); });
      },
      [=](const SignalJob& signal) {
        driver->do_there([signal](LocalProcesses& processes) { processes.signal(signal); });
      },
      [=](const StopJob& stop) {
        driver->do_there([stop](LocalProcesses& processes) { processes.stop(stop); });
      },
      // VMs and containers need other hands.
      [](const StartVm&) {},
      [](const RebootVm&) {},
      [](const StopVm&) {},
      [](const StartInstance&) {},
      [](const StopInstance&) {},
      // Whoever looks after this machine mends it.
      [](const MendGpu&) {},
      [](const VerifyGpu&) {},
      [=](const LocalReport& report) { driver->report(report.owed); },
      [=](RetryLocalReports) { driver->retry(); },
  };
}

}  // namespace

caf::actor spawn_local_process_driver(caf::actor_system& system, CommandBus bus,
                                      LocalProcessConfiguration configuration) {
  return system.spawn(local_process_actor, std::move(bus), std::move(configuration));
}

}  // namespace orrery
