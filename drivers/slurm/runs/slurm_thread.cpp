#include "drivers/slurm/runs/slurm_thread.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <sys/resource.h>

#include "actors/runtime/aggregate_actor.hpp"
#include "drivers/runs/reported_run.hpp"
#include "drivers/slurm/plan/instance_folders.hpp"
#include "drivers/slurm/plan/instance_snapshot.hpp"
#include "drivers/slurm/port/command_runner.hpp"
#include "drivers/slurm/runs/attempt_files.hpp"
#include "drivers/slurm/slurm_origin.hpp"

namespace orrery {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::milliseconds restless_interval{100};
/// Nodes change less often than jobs.
constexpr std::uint64_t looks_per_nodes = 4;
constexpr std::chrono::hours sweep_interval{1};

/// What this thread, and the programs that it has run, have used of processors.
Steady::duration processor_time() {
  rusage used{};
  ::getrusage(RUSAGE_THREAD, &used);
  Steady::duration sum = processor_time_of_commands();
  for (const auto& time : {used.ru_utime, used.ru_stime})
    sum += std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
  return sum;
}

SlurmResult<SlurmSight> look(SlurmPort& port, std::uint64_t number, bool with_nodes) {
  SlurmSight sight;
  sight.number = number;
  auto controller = port.controller();
  if (!controller) return controller.error();
  sight.controller = std::move(*controller);
  auto jobs = port.jobs();
  if (!jobs) return jobs.error();
  sight.jobs = std::move(*jobs);
  if (!with_nodes) return sight;
  auto partitions = port.partitions();
  if (!partitions) return partitions.error();
  sight.partitions = std::move(*partitions);
  auto nodes = port.nodes();
  if (!nodes) return nodes.error();
  sight.nodes = std::move(*nodes);
  return sight;
}

}  // namespace

SlurmThread::SlurmThread(SlurmConfiguration configuration, std::unique_ptr<SlurmPort> port,
                         LogAccess log, Ears ears)
    : configuration_(std::move(configuration)),
      port_(std::move(port)),
      log_(std::move(log)),
      ears_(std::move(ears)),
      inventory_(configuration_, known_slurm(*log_.log, configuration_.cluster),
                 slurm_user(configuration_)),
      runs_(configuration_, surroundings()),
      pace_(configuration_.tick),
      eyes_(*port_, 1),
      hands_(*port_, std::max<std::size_t>(configuration_.commands_max, 2) - 1),
      disks_(*port_, 1),
      thread_([this] { run(); }) {}

SlurmThread::~SlurmThread() {
  do_there([this] { is_over_ = true; });
  thread_.join();
  disks_end_.request_stop();  // Whoever wants a disk saved says so to the next driver again.
}

SlurmRuns::Surroundings SlurmThread::surroundings() {
  return {[this](OwedCommand owed) { ears_.send(std::move(owed)); },
          [this](SlurmCall call) { carry_out(std::move(call)); },
          [this](const std::string& run) { return replay<SlurmRun>(*log_.log, run).state; },
          [this](const std::string& run, const std::string& url) { probes_.begin(run, url); },
          [this](const std::string& run) { probes_.cancel(run); },
          [this](std::string_view node_id) { return inventory_.place_of(node_id); },
          [this](SlurmOrder& order) { return inventory_.fit(order); }};
}

// What is told, from any thread.

void SlurmThread::do_there(Task task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  probes_.wake();
}

void SlurmThread::signal(const SignalJob& signal) {
  do_there([this, signal] { runs_.signal(signal); });
}

void SlurmThread::boot(const BootNode& boot) {
  do_there([this, boot] {
    boots_[boot.node_id] = boot.origin;
    report_boots();
  });
}

void SlurmThread::accepted(const AddressedCommand& command) {
  do_there([this, command] { runs_.accepted(command); });
}

void SlurmThread::refused(const RefusedCommand& command) {
  do_there([this, command] {
    inventory_.refused(command);
    runs_.refused(command);
  });
}

void SlurmThread::hint() {
  do_there([this] {
    runs_.look_at_claims();
    pace_.hint();
  });
}

// What the thread does.

/// What a shared file system says is met where it is asked. Should it say something that nobody
/// thought of, one run waits in vain, and not the server ends.
void SlurmThread::survive(const Task& task) {
  try {
    task();
  } catch (const std::system_error& failure) {
    if (last_trouble_ == failure.what()) return;
    last_trouble_ = failure.what();
    if (ears_.warn) ears_.warn(fmt::format("The driver slurm met: {}.", last_trouble_));
  }
}

void SlurmThread::run() {
  survive([this] {
    runs_.at(Steady::now());
    runs_.adopt();
  });
  while (!is_over_) {
    std::vector<Task> tasks;
    {
      const std::lock_guard lock(mutex_);
      tasks.swap(tasks_);
    }
    for (const auto& task : tasks) survive(task);
    survive([this] {
      runs_.at(Steady::now());
      look_if_due();
      sweep_if_due();
    });
    if (tasks.empty()) wait();
  }
}

void SlurmThread::wait() {
  const auto now = Steady::now();
  auto until = now + configuration_.tick;
  if (!is_looking_) until = std::min(until, pace_.next());
  if (runs_.is_restless()) until = std::min<Moment>(until, now + restless_interval);
  std::vector<curl_waitfd> none;
  probes_.wait(none, std::chrono::ceil<std::chrono::milliseconds>(
                         std::max(until - now, Steady::duration::zero())));
  for (const auto& answer : probes_.take_answers()) runs_.take_probe(answer.name, answer.is_ready);
}

void SlurmThread::report_boots() {
  std::erase_if(boots_, [this](const auto& boot) {
    const auto& [node_id, origin] = boot;
    if (!inventory_.is_up(node_id)) return false;
    ears_.send({To<Node>{node_id, Node::ReportReady{}}, slurm_driver_origin(origin)});
    return true;
  });
}

void SlurmThread::save(const SaveCall& call) {
  ++saves_under_way_;
  disks_.push([this, call](SlurmPort&) {
    do_there([this, call,
              answer = save_instance(configuration_, call.instance_id, call.wish,
                                     disks_end_.get_token())] {
      --saves_under_way_;
      runs_.take(call, answer);
    });
  });
}

void SlurmThread::carry_out(SlurmCall call) {
  if (const auto* wish = std::get_if<SaveCall>(&call)) return save(*wish);
  hands_.push([this, call = std::move(call)](SlurmPort& port) {
    std::visit(
        Match{
            [&](const PrepareCall& prepare) {
              do_there([this, prepare, digest = write_attempt(configuration_, prepare)] {
                runs_.take(prepare, digest);
              });
            },
            [&](const SubmitCall& submit) {
              do_there([this, submit, answer = port.submit(submit.order)] {
                runs_.take(submit, answer);
              });
            },
            [&](const CancelCall& cancel) {
              do_there([this, cancel, answer = port.cancel(cancel.id, cancel.name)] {
                runs_.take(cancel, answer);
              });
            },
            [&](const SignalCall& signal) {
              do_there([this, signal, answer = port.signal(signal.id, signal.name, signal.signal)] {
                runs_.take(signal, answer);
              });
            },
            [](const SaveCall&) {},
        },
        call);
  });
}

void SlurmThread::look_if_due() {
  const auto now = Steady::now();
  if (is_looking_ || now < pace_.next()) return;
  is_looking_ = true;
  pace_.begin(now);
  const bool with_nodes = looks_++ % looks_per_nodes == 0;
  eyes_.push([this, number = runs_.begin_look(), with_nodes](SlurmPort& port) {
    const auto before = processor_time();
    auto sight = look(port, number, with_nodes);
    const auto cost = processor_time() - before;
    do_there([this, cost, sight = std::move(sight)] { take_look(sight, cost); });
  });
}

void SlurmThread::take_look(const SlurmResult<SlurmSight>& sight, Moment::duration cost) {
  const auto before = processor_time();
  see(sight);
  is_looking_ = false;
  pace_.end(Steady::now(), cost + processor_time() - before);
}

void SlurmThread::see(const SlurmResult<SlurmSight>& sight) {
  warn_of_trouble(sight ? "" : sight.error().message);
  if (!sight) {
    looks_ = 0;  // With the nodes, once it answers.
    runs_.look_at_claims();
    return runs_.see_nothing();
  }
  if (sight->nodes)
    inventory_.see_partitions(sight->partitions);  // What is submitted goes by them.
  runs_.see(*sight);
  if (!sight->nodes) return;
  for (auto& owed : inventory_.see(sight->controller, *sight->nodes, runs_.use()))
    ears_.send(std::move(owed));
  report_boots();
  for (const auto& warning : inventory_.take_warnings())
    if (ears_.warn) ears_.warn(warning);
}

/// Once where Slurm doesn't answer any more, and once where it does again.
void SlurmThread::warn_of_trouble(const std::string& trouble) {
  if (is_in_trouble_ == !trouble.empty()) return;
  is_in_trouble_ = !trouble.empty();
  if (!ears_.warn) return;
  ears_.warn(is_in_trouble_
                 ? fmt::format("Slurm doesn't answer, what is asked of it waits: {}", trouble)
                 : "Slurm answers again");
}

/// What was deleted leaves its folders to us. Behind a save, who lives would be an old tale.
void SlurmThread::sweep_if_due() {
  const auto now = Steady::now();
  if (now < next_sweep_ || saves_under_way_ > 0) return;
  next_sweep_ = now + sweep_interval;
  disks_.push([this, living = runs_.living()](SlurmPort&) {
    const auto is_alive = [&](std::string_view instance_id) {
      return living.contains(run_id_of_instance(instance_id));
    };
    remove_deleted(configuration_, *log_.log, is_alive, disks_end_.get_token());
  });
}

}  // namespace orrery
