#include "drivers/slurm/slurm_driver_actor.hpp"

#include <utility>

#include "actors/runtime/command_sender.hpp"
#include "drivers/slurm/runs/slurm_origin.hpp"
#include "drivers/slurm/runs/slurm_thread.hpp"

namespace orrery {
namespace {

/// What the driver's thread wants reported.
struct SlurmReport {
  OwedCommand owed;
};
/// The driver's word to itself.
struct RetrySlurmReports {};

}  // namespace
}  // namespace orrery

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::SlurmReport)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::RetrySlurmReports)

namespace orrery {
namespace {

constexpr std::chrono::milliseconds retry_interval{250};
constexpr std::size_t reports_in_flight_max = 1'024;

/// The thread, and the way its reports go.
class SlurmDriver {
 public:
  SlurmDriver(caf::event_based_actor* self, const CommandBus& bus, LogAccess log,
              SlurmConfiguration configuration, std::unique_ptr<SlurmPort> port, SlurmWarning warn)
      : self_(self),
        sender_(self, bus, reports_in_flight_max,
                {[this](const RefusedCommand& refused) { thread_.refused(refused); },
                 [this] { retry_later(); },
                 [this](const AddressedCommand& accepted) { thread_.accepted(accepted); }}),
        thread_(std::move(configuration), std::move(port), std::move(log),
                {[driver = caf::actor_cast<caf::actor_addr>(self)](OwedCommand owed) {
                   if (const auto actor = caf::actor_cast<caf::actor>(driver))
                     caf::anon_send(actor, SlurmReport{std::move(owed)});
                 },
                 std::move(warn)}) {}

  SlurmThread& thread() { return thread_; }

  void report(const OwedCommand& owed) { sender_.send({owed}); }

  /// Nobody else would say that a VM can't be had here.
  void refuse(const std::string& vm_id, std::uint64_t fence, const Origin& origin) {
    report({To<Vm>{vm_id,
                   Vm::ReportFailed{"slurm_has_no_vms", "Slurm runs no virtual machines.", fence}},
            slurm_driver_origin(origin)});
  }

  void retry() {
    retry_is_set_ = false;
    sender_.retry();
  }

 private:
  void retry_later() {
    if (std::exchange(retry_is_set_, true)) return;
    self_->delayed_send(self_, retry_interval, RetrySlurmReports{});
  }

  caf::event_based_actor* self_;
  CommandSender sender_;
  bool retry_is_set_ = false;
  SlurmThread thread_;
};

caf::behavior slurm_driver_actor(const std::shared_ptr<SlurmDriver>& driver) {
  return {
      [=](const BootNode& boot) { driver->thread().boot(boot); },
      [=](const StartService& start) { driver->thread().start(start); },
      [=](const StopService& stop) { driver->thread().stop(stop); },
      [=](const StartJob& start) { driver->thread().start(start); },
      [=](const SignalJob& signal) { driver->thread().signal(signal); },
      [=](const StopJob& stop) { driver->thread().stop(stop); },
      [=](const StartInstance& start) { driver->thread().start(start); },
      [=](const StopInstance& stop) { driver->thread().stop(stop); },
      [=](const StartVm& start) { driver->refuse(start.vm_id, start.fence, start.origin); },
      [=](const RebootVm& reboot) { driver->refuse(reboot.vm_id, reboot.fence, reboot.origin); },
      // Nothing of it runs.
      [=](const StopVm& stop) {
        driver->report(
            {To<Vm>{stop.vm_id, Vm::ReportStopped{stop.fence}}, slurm_driver_origin(stop.origin)});
      },
      // The site mends its GPUs.
      [](const MendGpu&) {},
      [](const VerifyGpu&) {},
      [=](SlurmHint) { driver->thread().hint(); },
      [=](const SlurmReport& report) { driver->report(report.owed); },
      [=](RetrySlurmReports) { driver->retry(); },
  };
}

}  // namespace

caf::actor spawn_slurm_driver(caf::actor_system& system, CommandBus bus, LogAccess log,
                              SlurmConfiguration configuration, std::unique_ptr<SlurmPort> port,
                              SlurmWarning warn) {
  // The port can't be copied, as what an actor is spawned with is.
  const auto handed = std::make_shared<std::unique_ptr<SlurmPort>>(std::move(port));
  return system.spawn([=](caf::event_based_actor* self) {
    return slurm_driver_actor(
        std::make_shared<SlurmDriver>(self, bus, log, configuration, std::move(*handed), warn));
  });
}

}  // namespace orrery
