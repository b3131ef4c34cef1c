#include "drivers/slurm/slurm_driver_actor.hpp"

#include <utility>

#include "drivers/runs/report_sender.hpp"
#include "drivers/slurm/runs/slurm_thread.hpp"
#include "drivers/slurm/slurm_origin.hpp"

namespace orrery {
namespace {

/// The thread, and the way its reports go.
class SlurmDriver {
 public:
  SlurmDriver(caf::event_based_actor* self, const CommandBus& bus, LogAccess log,
              SlurmConfiguration configuration, std::unique_ptr<SlurmPort> port, SlurmWarning warn)
      : sender_(self, bus,
                {[this](const RefusedCommand& refused) { thread_.refused(refused); },
                 [this](const AddressedCommand& accepted) { thread_.accepted(accepted); }}),
        thread_(std::move(configuration), std::move(port), std::move(log),
                {ReportSender::from_elsewhere(self), std::move(warn)}) {}

  SlurmThread& thread() { return thread_; }

  ReportSender& reports() { return sender_; }

  /// Nobody else would say that a VM can't be had here.
  void refuse(const std::string& vm_id, std::uint64_t fence, const Origin& origin) {
    sender_.send({To<Vm>{vm_id, Vm::ReportFailed{"slurm_has_no_vms",
                                                 "Slurm runs no virtual machines.", fence}},
                  slurm_driver_origin(origin)});
  }

 private:
  ReportSender sender_;
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
        driver->reports().send(
            {To<Vm>{stop.vm_id, Vm::ReportStopped{stop.fence}}, slurm_driver_origin(stop.origin)});
      },
      // The site mends its GPUs.
      [](const MendGpu&) {},
      [](const VerifyGpu&) {},
      [=](SlurmHint) { driver->thread().hint(); },
      [=](const DriverReport& report) { driver->reports().send(report.owed); },
      [=](RetryReports) { driver->reports().retry(); },
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
