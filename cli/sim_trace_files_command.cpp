#include <fstream>
#include <iostream>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/command.hpp"
#include "cli/exit_codes.hpp"
#include "cli/finite_number.hpp"
#include "sim/traces/generate_trace.hpp"
#include "sim/traces/write_trace.hpp"

namespace orrery {
namespace {

struct GenerateArguments {
  std::string like = "philly";
  GeneratorSettings settings;
  std::string format;
  std::string file = "-";
};

struct ConvertArguments {
  std::string from;
  std::string format = "auto";
  std::string to = "swf";
  std::string file = "-";
};

int complain(std::string_view command, std::string_view message) {
  std::cerr << "orrery sim " << command << ": " << message << '\n';
  return exit_failure;
}

/// To the file, which appears whole or not at all, or to the standard output for "-".
int write_to(const std::string& file, const Trace& trace, TraceFormat format,
             std::string_view command) {
  if (file == "-") {
    const auto written = write_trace(trace, format, std::cout);
    return written ? exit_success : complain(command, written.error().message);
  }
  const auto unfinished = file + ".part";
  std::ofstream out(unfinished, std::ios::binary);
  const auto written = write_trace(trace, format, out);
  out.close();
  std::error_code error;
  if (written && out) std::filesystem::rename(unfinished, file, error);
  if (written && out && !error) return exit_success;
  std::error_code ignored;
  std::filesystem::remove(unfinished, ignored);
  return complain(command,
                  written ? fmt::format("{} cannot be written", file) : written.error().message);
}

int generate(const GenerateArguments& arguments) {
  auto settings = arguments.settings;
  settings.like = *likeness_named(arguments.like);
  // Only this format knows shares of GPUs, which are most of that cluster's jobs.
  const std::string_view fitting = settings.like == TraceLikeness::pai ? "alibaba" : "helios";
  const auto format =
      trace_format_named(arguments.format.empty() ? fitting : std::string_view(arguments.format));
  return write_to(arguments.file, generate_trace(settings), *format, "generate");
}

int convert(const ConvertArguments& arguments) {
  const auto trace = read_trace(arguments.from, trace_format_named(arguments.format));
  if (!trace) return complain("convert", trace.error().message);
  for (const auto& bad : trace->bad_lines)
    std::cerr << fmt::format("{}:{}: {}\n", bad.file, bad.line, bad.reason);
  return write_to(arguments.file, *trace, *trace_format_named(arguments.to), "convert");
}

void add_generate(CLI::App& sim, ChosenCommand& chosen) {
  auto* command = sim.add_subcommand(
      "generate", "write a trace of jobs with the published figures of a real cluster");
  const auto arguments = std::make_shared<GenerateArguments>();
  auto& settings = arguments->settings;
  command->add_option("--like", arguments->like, "the cluster whose figures the trace has")
      ->capture_default_str()
      ->check(CLI::IsMember({"philly", "helios", "seren", "pai"}));
  command->add_option("--jobs", settings.job_count, "how many jobs")
      ->capture_default_str()
      ->check(CLI::Range(1U, generated_job_count_max));
  command->add_option("--seed", settings.seed, "the same seed, the same trace")
      ->capture_default_str();
  command->add_option("--load", settings.load, "GPU time asked for, of what the cluster has")
      ->capture_default_str()
      ->check(CLI::Range(0.001, 100.0) & finite_number());
  command
      ->add_option("--gpus", settings.cluster_gpu_count,
                   "GPUs of the cluster that it loads (default: as many as the real one had)")
      ->check(CLI::Range(1U, 100'000'000U));
  command
      ->add_option("--format", arguments->format,
                   "swf, elasticflow, helios or alibaba (default: helios, of pai alibaba)")
      ->check(CLI::IsMember({"swf", "elasticflow", "helios", "alibaba"}));
  command->add_option("FILE", arguments->file, "\"-\" is the standard output")
      ->capture_default_str();
  command->footer(
      "Example: orrery sim generate --like philly --jobs 20000 --seed 7 jobs.csv\n"
      "Then:    orrery sim trace jobs.csv --policy fifo,backfill");
  command->callback(
      [&chosen, arguments] { chosen = [arguments] { return generate(*arguments); }; });
}

void add_convert(CLI::App& sim, ChosenCommand& chosen) {
  auto* command =
      sim.add_subcommand("convert", "write a trace in another format; bad lines go to stderr");
  const auto arguments = std::make_shared<ConvertArguments>();
  command->add_option("FROM", arguments->from, "the trace")->required();
  command->add_option("FILE", arguments->file, "\"-\" is the standard output")
      ->capture_default_str();
  command->add_option("--format", arguments->format, "of FROM")
      ->capture_default_str()
      ->check(CLI::IsMember(
          {"auto", "swf", "elasticflow", "philly", "helios", "alibaba", "azure-llm"}));
  command->add_option("--to", arguments->to, "what is written")
      ->capture_default_str()
      ->check(CLI::IsMember({"swf", "elasticflow", "helios", "alibaba"}));
  command->callback([&chosen, arguments] { chosen = [arguments] { return convert(*arguments); }; });
}

}  // namespace

void add_sim_trace_files_commands(CLI::App& sim, ChosenCommand& chosen) {
  add_generate(sim, chosen);
  add_convert(sim, chosen);
}

}  // namespace orrery
