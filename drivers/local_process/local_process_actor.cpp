#include "drivers/local_process/local_process_actor.hpp"

#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "actors/runtime/command_sender.hpp"
#include "drivers/local_process/local_processes.hpp"

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
std::uint64_t fence_of(const Service::Command& command) {
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
    const auto* to = std::get_if<To<Service>>(&accepted);
    if (to == nullptr || !is_of_the_end(to->command)) return;
    do_there([id = to->id, fence = fence_of(to->command)](LocalProcesses& processes) {
      processes.end_was_taken(id, fence);
    });
  }

  void was_refused(const RefusedCommand& refused) {
    using Rejection = Service::Rejection;
    const auto* report = std::get_if<Rejected<Service>>(&refused);
    if (report == nullptr) return;
    const auto why = report->rejection;
    if (why != Rejection::service_has_ended && why != Rejection::service_does_not_exist &&
        why != Rejection::fence_is_stale)
      return;
    do_there([id = report->id, fence = fence_of(report->command)](LocalProcesses& processes) {
      processes.was_refused(id, fence);
    });
  }

  caf::event_based_actor* self_;
  CommandSender sender_;
  bool retry_is_set_ = false;
  LocalProcessThread thread_;
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
      // VMs and containers need other hands.
      [](const StartVm&) {},
      [](const RebootVm&) {},
      [](const StopVm&) {},
      [](const StartInstance&) {},
      [](const StopInstance&) {},
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
