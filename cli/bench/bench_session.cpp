#include "cli/bench/bench_session.hpp"

#include <iostream>
#include <map>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/bench/bench_folder.hpp"
#include "cli/bench/child_process.hpp"
#include "cli/build_version.hpp"
#include "cli/exit_codes.hpp"
#include "events/event_json.hpp"
#include "storage/system_clock.hpp"

namespace orrery {
namespace {

std::vector<std::string> arguments_of_run(const Bench& bench, const BenchSession& session) {
  std::vector<std::string> arguments{"bench", std::string(bench.name), "--here", "--folder",
                                     session.folder.string()};
  if (session.quick) arguments.emplace_back("--quick");
  if (!session.shows_progress) arguments.emplace_back("--quiet");
  return arguments;
}

/// Empty where the run failed; its process has said why.
std::vector<Measurement> run_in_process(const Bench& bench, const BenchSession& session) {
  ChildProcess process(arguments_of_run(bench, session));
  const auto line = process.read_line();
  const auto code = process.wait();
  if (code != exit_success || !line) {
    std::cerr << fmt::format("orrery bench: {} ended with exit code {}\n", bench.name, code);
    return {};
  }
  auto measurements = read_measurements(*line);
  if (measurements) return std::move(*measurements);
  std::cerr << fmt::format("orrery bench: {}: {}\n", bench.name, measurements.error());
  return {};
}

/// One line that is written over and over.
void show_progress(std::string_view bench, std::string_view part, double share) {
  std::cerr << fmt::format("\r\x1b[K{}: {} {:.0f} %", bench, part, 100 * share) << std::flush;
}

}  // namespace

BenchResults run_benches(const BenchSession& session) {
  BenchResults results;
  results.release = build_release();
  results.commit = build_commit();
  results.measured_at = rfc3339(SystemClock().now());
  results.quick = session.quick;
  results.machine = find_bench_machine(BenchFolder(session.folder).path());
  std::map<std::string_view, std::vector<std::vector<Measurement>>> runs;
  for (std::uint32_t round = 0; round < session.run_count; ++round) {
    for (const auto* bench : session.benches) {
      if (session.shows_progress)
        std::cerr << fmt::format("\r\x1b[Krun {} of {}: {}\n", round + 1, session.run_count,
                                 bench->name);
      auto measurements = run_in_process(*bench, session);
      if (!measurements.empty()) runs[bench->name].push_back(std::move(measurements));
    }
  }
  for (const auto* bench : session.benches) {
    const auto& of_bench = runs[bench->name];
    if (of_bench.size() < session.run_count) results.failed.emplace_back(bench->name);
    for (auto& result : summarise(of_bench)) results.results.push_back(std::move(result));
  }
  return results;
}

int run_bench_here(const Bench& bench, const BenchSession& session) {
  const BenchFolder folder(session.folder);
  BenchRun run;
  run.quick = session.quick;
  run.folder = folder.path();
  if (session.shows_progress)
    run.progress = [&bench](std::string_view part, double share) {
      show_progress(bench.name, part, share);
    };
  try {
    const auto measurements = bench.run(run);
    if (session.shows_progress) std::cerr << "\r\x1b[K" << std::flush;
    std::cout << to_json_text(measurements) << '\n' << std::flush;
    return exit_success;
  } catch (const std::exception& failure) {
    std::cerr << fmt::format("orrery bench: {}: {}\n", bench.name, failure.what());
    return exit_failure;
  }
}

}  // namespace orrery
