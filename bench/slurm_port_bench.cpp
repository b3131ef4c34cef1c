// What Slurm costs by its programs: submissions a second, so many at once, and one listing of many
// jobs. Of the Slurm that SLURM_CONF names, which should have nothing else to do: its first node
// with GPUs is kept busy, so that jobs wait. Without one, what it costs to run a program and to
// read a list.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <sys/resource.h>

#include "bench/bench_report.hpp"
#include "drivers/runs/program_search.hpp"
#include "drivers/slurm/port/command_runner.hpp"
#include "drivers/slurm/port/slurm_commands.hpp"
#include "drivers/slurm/port/slurm_texts.hpp"

using namespace orrery;

namespace {

constexpr const char* job_name = "orrery-bench.1";

/// Of all programs that have ended.
double programs_cpu_s() {
  rusage used{};
  ::getrusage(RUSAGE_CHILDREN, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// Calls a second, with so many threads that call.
template <class Call>
double rate(std::size_t thread_count, std::size_t call_count, Call call) {
  std::atomic<std::size_t> begun{0};
  const Stopwatch watch;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < thread_count; ++i)
    threads.emplace_back([&] {
      while (begun++ < call_count) call();
    });
  for (auto& thread : threads) thread.join();
  return static_cast<double>(call_count) / watch.seconds();
}

void report(std::string_view what, std::string_view unit, double measured, std::size_t hash) {
  std::puts(fmt::format(R"({{"bench": "slurm_port/{}", "unit": "{}", "measured": {:.1f},)"
                        R"( "hash": "{:x}"}})",
                        what, unit, measured, hash)
                .c_str());
}

void measure_alone(bool is_tiny) {
  const std::size_t job_count = is_tiny ? 100 : 10'000;
  std::string list;
  for (std::size_t i = 0; i < job_count; ++i)
    list += fmt::format("{}\x1fPENDING\x1fResources\x1fjob-{}.1.1\n", 1'000 + i, i);
  const Stopwatch watch;
  const auto read = read_squeue(list).value().size();
  report("read_squeue", "us a list", watch.seconds() * 1e6, read);
  for (const std::size_t at_once : {1, 4, 8}) {
    const auto run = rate(at_once, is_tiny ? 8 : 2'000, [] { run_command({"/bin/true", {}, {}}); });
    report(fmt::format("run_command/{}", at_once), "programs/s", run, at_once);
  }
}

SlurmOrder order_on(const SlurmNode& node, const std::string& script) {
  SlurmOrder order;
  order.name = job_name;
  order.script = "#!/bin/sh\n" + script;
  order.partition = node.partitions.empty() ? "" : node.partitions.front();
  order.nodes = {node.name};
  order.gpu_type = node.gpu_type;
  order.gpus_per_node = node.gpu_count;
  order.memory_mib_per_node = 100;
  order.time_limit_min = 60;
  order.work_directory = "/tmp";
  order.output = "/dev/null";
  return order;
}

int measure_slurm(const SlurmAccess& access, bool is_tiny) {
  SlurmCommands slurm(access);
  const auto nodes = slurm.nodes().value();
  const auto node =
      std::ranges::find_if(nodes, [](const auto& each) { return each.gpu_count > 0; });
  if (node == nodes.end() || !slurm.submit(order_on(*node, "exec sleep 3600\n"))) return 1;
  const auto waiting = order_on(*node, "exec true\n");
  std::atomic<std::size_t> refused{0};
  const auto submit = [&] {
    if (!slurm.submit(waiting)) ++refused;
  };
  for (const std::size_t at_once : {1, 4, 8})
    report(fmt::format("submit/{}", at_once), "jobs/s", rate(at_once, is_tiny ? 8 : 400, submit),
           refused);
  const std::size_t wanted = is_tiny ? 30 : 10'000;
  const auto there = slurm.jobs().value().size();
  if (there < wanted) rate(4, wanted - there, submit);

  constexpr int times = 10;
  const auto own_cpu_s = [] { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; };
  const auto programs_before = programs_cpu_s();
  const auto own_before = own_cpu_s();
  const Stopwatch watch;
  std::size_t listed = 0;
  for (int i = 0; i < times; ++i) listed = slurm.jobs().value().size();
  report("list", "ms", watch.seconds() * 1e3 / times, listed);
  report("list/squeue", "ms of CPU", (programs_cpu_s() - programs_before) * 1e3 / times, listed);
  report("list/own", "ms of CPU", (own_cpu_s() - own_before) * 1e3 / times, listed);
  run_command({find_program("scancel", search_path),
               {fmt::format("--name={}", job_name)},
               {"SLURM_CONF=" + access.slurm_conf.string()},
               "",
               std::chrono::minutes(5)});
  return refused == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const bool is_tiny = wants_tiny(argc, argv);
  measure_alone(is_tiny);
  const char* const configuration = std::getenv("SLURM_CONF");
  if (configuration == nullptr) return 0;
  SlurmAccess access;
  access.slurm_conf = configuration;
  return measure_slurm(access, is_tiny);
}
