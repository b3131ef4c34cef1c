#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include "cli/bench/bench_comparison.hpp"
#include "cli/bench/bench_session.hpp"
#include "cli/bench/bench_table.hpp"
#include "cli/command.hpp"
#include "cli/configuration.hpp"
#include "cli/exit_codes.hpp"

namespace orrery {
namespace {

struct BenchArguments {
  std::vector<std::string> names;
  std::string json;
  std::string against;
  std::string folder = std::filesystem::temp_directory_path().string();
  std::uint32_t run_count = 3;
  bool quick = false;
  bool list = false;
  bool quiet = false;
  /// One run in this process, for the process that started it.
  bool here = false;
};

int complain(std::string_view message, int code) {
  std::cerr << "orrery bench: " << message << '\n';
  return code;
}

int list() {
  for (const auto& bench : benches())
    std::cout << fmt::format("{:<12} {}\n", bench.name, bench.summary);
  return exit_success;
}

/// The error names the word and the nearest bench.
boost::system::result<std::vector<const Bench*>, std::string> chosen_benches(
    const std::vector<std::string>& names) {
  std::vector<const Bench*> chosen;
  if (names.empty())
    for (const auto& bench : benches()) chosen.push_back(&bench);
  for (const auto& name : names) {
    const auto* bench = find_bench(name);
    if (!bench) {
      std::vector<std::string> known;
      for (const auto& each : benches()) known.emplace_back(each.name);
      return fmt::format("there is no bench {:?}.{} orrery bench --list shows all.", name,
                         nearest_hint(name, known));
    }
    if (std::ranges::count(chosen, bench) == 0) chosen.push_back(bench);
  }
  return chosen;
}

boost::system::result<BenchResults, std::string> saved_results(const std::string& path) {
  std::ifstream file(path);
  if (!file) return fmt::format("{} cannot be read", path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  auto results = read_bench_results(text);
  if (!results) return fmt::format("{}: {}", path, results.error());
  return results;
}

/// Writes the file whole or not at all: the one that is compared against may be the same.
bool write_results(const std::string& path, const BenchResults& results) {
  if (path == "-") {
    std::cout << to_json_text(results) << std::flush;
    return true;
  }
  const auto unfinished = path + ".unfinished";
  std::ofstream file(unfinished, std::ios::trunc);
  file << to_json_text(results) << std::flush;
  if (!file) return false;
  std::error_code failure;
  std::filesystem::rename(unfinished, path, failure);
  return !failure;
}

/// Exit code of what was measured now against before.
int report_comparison(const BenchResults& now, const BenchResults& before,
                      const BenchSession& session) {
  std::vector<std::string> names;
  for (const auto* bench : session.benches) names.emplace_back(bench->name);
  const auto comparisons = compare(now, before, names);
  std::cerr << fmt::format("\nAgainst commit {} of {}:\n", before.commit, before.measured_at)
            << comparison_table(comparisons);
  const auto worse = std::ranges::count_if(
      comparisons, [](const BenchComparison& comparison) { return comparison.is_regression(); });
  if (worse == 0) return exit_success;
  if (!now.machine.is_same_as(before.machine)) {
    std::cerr << fmt::format(
        "That was another machine ({}, {} cores, Linux {}), so nothing of this counts as a "
        "regression.\n",
        before.machine.cpu, before.machine.cores, before.machine.kernel);
    return exit_success;
  }
  std::cerr << fmt::format("{} of {} measurements got worse\n", worse, comparisons.size());
  return exit_regression;
}

int measure(const BenchArguments& arguments, const BenchSession& session) {
  std::optional<BenchResults> before;
  if (!arguments.against.empty()) {  // Before hours of measuring.
    auto saved = saved_results(arguments.against);
    if (!saved) return complain(saved.error(), exit_usage);
    if (saved->quick != session.quick)
      return complain(fmt::format("{} was measured {} --quick; measure now as then",
                                  arguments.against, saved->quick ? "with" : "without"),
                      exit_usage);
    before = std::move(*saved);
  }
  const auto results = run_benches(session);
  // With the JSON on the standard output the table is for whoever watches.
  (arguments.json == "-" ? std::cerr : std::cout) << bench_table(results) << std::flush;
  if (!arguments.json.empty() && !write_results(arguments.json, results))
    return complain(fmt::format("{} cannot be written", arguments.json), exit_failure);
  const int code = before ? report_comparison(results, *before, session) : exit_success;
  const auto is_wrong = [](const BenchResult& result) { return result.hash_differs; };
  if (!results.failed.empty() || std::ranges::any_of(results.results, is_wrong))
    return exit_failure;
  return code;
}

int bench(const BenchArguments& arguments) {
  if (arguments.list) return list();
  auto chosen = chosen_benches(arguments.names);
  if (!chosen) return complain(chosen.error(), exit_usage);
  BenchSession session;
  session.benches = std::move(*chosen);
  session.run_count = arguments.run_count;
  session.quick = arguments.quick;
  session.folder = arguments.folder;
  session.shows_progress = !arguments.quiet && ::isatty(STDERR_FILENO) != 0;
  try {
    if (arguments.here) return run_bench_here(*session.benches.front(), session);
    return measure(arguments, session);
  } catch (const std::system_error& failure) {
    return complain(failure.what(), exit_data_directory);
  }
}

}  // namespace

void add_bench_command(CLI::App& orrery, ChosenCommand& chosen) {
  auto* command = orrery.add_subcommand(
      "bench", "measure log, replay, actors, placement, C2M, HTTP, feeds … on this machine");
  command->footer(
      "Examples:\n"
      "  orrery bench                              everything, three runs each: most of an hour\n"
      "  orrery bench c2m --runs 1                 one of them, once\n"
      "  orrery bench --json before.json           … and save it\n"
      "  orrery bench --against before.json        what became worse since\n"
      "Exit codes: 0 fine; 1 a bench failed or its runs disagree; 7 something became worse.\n"
      "A quiet machine measures best. docs/bench.md says what each one does.");
  const auto arguments = std::make_shared<BenchArguments>();
  command->add_option("NAME", arguments->names, "which (default: all)");
  command->add_option("--json", arguments->json, "write what was measured; \"-\": to stdout")
      ->type_name("FILE");
  command->add_option("--against", arguments->against, "compare with what --json wrote before")
      ->type_name("FILE");
  command->add_option("--runs", arguments->run_count, "of each; the median counts")
      ->capture_default_str()
      ->check(CLI::Range(1, 100));
  command->add_option("--folder", arguments->folder, "on the disk that is to be measured")
      ->type_name("DIR")
      ->capture_default_str();
  command->add_flag("--quick", arguments->quick, "tiny inputs: does everything still work?");
  command->add_flag("--list", arguments->list, "say which benches there are");
  command->add_flag("--quiet", arguments->quiet, "no progress");
  command->add_flag("--here", arguments->here)->group("");
  command->callback([&chosen, arguments] { chosen = [arguments] { return bench(*arguments); }; });
}

}  // namespace orrery
