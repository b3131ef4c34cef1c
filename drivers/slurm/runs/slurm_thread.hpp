#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "actors/runtime/log_access.hpp"
#include "drivers/driver.hpp"
#include "drivers/runs/readiness_probes.hpp"
#include "drivers/slurm/inventory/slurm_inventory.hpp"
#include "drivers/slurm/runs/look_pace.hpp"
#include "drivers/slurm/runs/slurm_hands.hpp"
#include "drivers/slurm/runs/slurm_runs.hpp"

namespace orrery {

/// The thread that a Slurm's runs and nodes are looked after on, and those that ask the Slurm
/// meanwhile. Its public functions may be called from any thread; none blocks but the destructor,
/// which waits for what Slurm is being asked.
class SlurmThread {
 public:
  struct Ears {
    /// To an aggregate; called on the thread.
    std::function<void(OwedCommand)> send;
    /// What an operator should know of; may be empty.
    std::function<void(const std::string&)> warn;
  };

  SlurmThread(SlurmConfiguration configuration, std::unique_ptr<SlurmPort> port, LogAccess log,
              Ears ears);
  ~SlurmThread();
  SlurmThread(const SlurmThread&) = delete;
  SlurmThread& operator=(const SlurmThread&) = delete;

  template <class Message>
  void start(const Message& message) {
    do_there([this, message] { runs_.start(message); });
  }
  template <class Message>
  void stop(const Message& message) {
    do_there([this, message] { runs_.stop(message); });
  }
  void signal(const SignalJob& signal);
  void boot(const BootNode& boot);
  void accepted(const AddressedCommand& command);
  void refused(const RefusedCommand& command);
  void hint();

 private:
  using Moment = SlurmRuns::Moment;
  using Task = std::function<void()>;

  void do_there(Task task);
  void survive(const Task& task);
  void run();
  void wait();
  void report_boots();
  void carry_out(SlurmCall call);
  void save(const SaveCall& call);
  void look_if_due();
  void take_look(const SlurmResult<SlurmSight>& sight, Moment::duration cost);
  void see(const SlurmResult<SlurmSight>& sight);
  void warn_of_trouble(const std::string& trouble);
  void sweep_if_due();
  SlurmRuns::Surroundings surroundings();

  SlurmConfiguration configuration_;
  std::unique_ptr<SlurmPort> port_;
  LogAccess log_;
  Ears ears_;
  SlurmInventory inventory_;
  ReadinessProbes probes_;
  SlurmRuns runs_;
  /// Nodes that are to be up.
  std::map<std::string, Origin> boots_;
  std::uint64_t looks_ = 0;
  bool is_looking_ = false;
  LookPace pace_;
  bool is_in_trouble_ = false;
  Moment next_sweep_ = {};

  std::mutex mutex_;
  std::vector<Task> tasks_;
  std::string last_trouble_;
  bool is_over_ = false;
  /// A look needn't wait for what else is asked.
  SlurmHands eyes_;
  SlurmHands hands_;
  /// Reading, writing and removing disks keeps nobody waiting, and ends with this object.
  std::stop_source disks_end_;
  std::size_t saves_under_way_ = 0;
  SlurmHands disks_;
  std::thread thread_;
};

}  // namespace orrery
