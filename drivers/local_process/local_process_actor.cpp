#include "drivers/local_process/local_process_actor.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "drivers/local_process/gpu_utilisation.hpp"
#include "drivers/local_process/local_processes.hpp"
#include "drivers/runs/report_sender.hpp"
#include "drivers/runs/reported_run.hpp"

namespace orrery {
namespace {

constexpr std::chrono::milliseconds wait_max{1'000};
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
      : sender_(self, bus,
                {[this](const RefusedCommand& refused) { was_refused(refused); },
                 [this](const AddressedCommand& accepted) { was_accepted(accepted); }}),
        thread_(std::move(configuration), ReportSender::from_elsewhere(self)) {}

  ReportSender& reports() { return sender_; }

  void do_there(LocalProcessThread::Task task) { thread_.do_there(std::move(task)); }

 private:
  void was_accepted(const AddressedCommand& accepted) {
    const auto run = end_of_report(accepted);
    if (!run) return;
    do_there([run = *run](LocalProcesses& processes) {
      processes.end_was_taken(run.run_id, run.fence);
    });
  }

  void was_refused(const RefusedCommand& refused) {
    const auto run = unwanted_by(refused);
    if (!run) return;
    do_there(
        [run = *run](LocalProcesses& processes) { processes.was_refused(run.run_id, run.fence); });
  }

  ReportSender sender_;
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
      [=](const DriverReport& report) { driver->reports().send(report.owed); },
      [=](RetryReports) { driver->reports().retry(); },
  };
}

}  // namespace

caf::actor spawn_local_process_driver(caf::actor_system& system, CommandBus bus,
                                      LocalProcessConfiguration configuration) {
  return system.spawn(local_process_actor, std::move(bus), std::move(configuration));
}

}  // namespace orrery
