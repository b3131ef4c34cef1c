#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <memory>
#include <string>

#include <fmt/format.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include "cli/claim_call.hpp"
#include "cli/command.hpp"
#include "cli/exit_codes.hpp"
#include "drivers/runs/process_table.hpp"
#include "drivers/slurm/claim/claim_file.hpp"
#include "drivers/slurm/claim/guard.hpp"
#include "http/auth/id_source.hpp"

namespace orrery {
namespace {

using Answer = ClaimOutcome::Answer;

/// A shared file system may show a file some time after it was written.
constexpr std::chrono::seconds file_patience{5};
constexpr std::chrono::milliseconds file_interval{200};
/// What a shell says of a program that SIGTERM ended.
constexpr int exit_terminated = 128 + SIGTERM;

struct ClaimFlags {
  std::string directory;
  std::uint32_t attempt = 0;
  std::uint32_t patience_s = 0;
};

std::string variable(const char* name) {
  const char* value = ::getenv(name);
  return value != nullptr ? value : "";
}

std::string host() {
  if (auto node = variable("SLURMD_NODENAME"); !node.empty()) return node;
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
}

Claimant make_claimant() {
  const auto job = variable("SLURM_JOB_ID");
  Claimant claimant;
  std::from_chars(job.data(), job.data() + job.size(), claimant.slurm_job_id);
  claimant.host = host();
  claimant.name = fmt::format("{}.{}.{}", claimant.slurm_job_id,
                              std::strtoul(variable("SLURM_RESTART_COUNT").c_str(), nullptr, 10),
                              SystemIdSource().uuid());
  return claimant;
}

int fail(int exit_code, std::string_view message) {
  std::cerr << "orrery claim: " << message << '\n';
  return exit_code;
}

std::optional<ClaimOrder> await_order(const RunDirectory& run, std::uint32_t attempt,
                                      const Descriptor& signals) {
  const auto deadline = std::chrono::steady_clock::now() + file_patience;
  for (;;) {
    auto order = read_claim(run, attempt);
    if (order || errno != ENOENT || std::chrono::steady_clock::now() >= deadline) return order;
    wait_until_readable(signals.get(), file_interval);
    if (is_told_to_end(signals)) {
      errno = EINTR;
      return std::nullopt;
    }
  }
}

/// The run is this job's, and nobody else will ever start it.
int see_through(const RunDirectory& run, const ClaimOutcome& outcome, const Descriptor& signals) {
  if (!outcome.is_told_to_end && !is_told_to_end(signals) && !run.stop())
    return guard(run, signals);
  if (!record_no_start(run))
    return fail(exit_data_directory, fmt::format("{} can't be written", run.path().string()));
  return fail(exit_terminated, "told to end before it began");
}

int claim_and_run(const RunDirectory& run, const ClaimOrder& order, std::uint32_t patience_s,
                  const Descriptor& signals) {
  ClaimCall call(order, signals);
  const auto outcome = call.ask(make_claimant(), std::chrono::seconds(patience_s));
  if (outcome.answer == Answer::refused)
    return fail(exit_claim_refused, fmt::format("attempt {} of {} is refused: {}", order.attempt,
                                                order.run, outcome.reason));
  if (outcome.answer == Answer::unanswered && outcome.is_told_to_end)
    return fail(exit_terminated, "told to end while nobody had answered");
  if (outcome.answer == Answer::unanswered)
    return fail(exit_unanswered, fmt::format("no answer from {} in {} s: {}", order.server_url,
                                             patience_s, outcome.reason));
  const int exit_code = see_through(run, outcome, signals);
  call.hint();
  return exit_code;
}

int claim(const ClaimFlags& flags) {
  const auto guarded = guarded_signals();
  ::sigprocmask(SIG_BLOCK, &guarded, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  const Descriptor signals(::signalfd(-1, &guarded, SFD_CLOEXEC | SFD_NONBLOCK));
  const RunDirectory run(flags.directory);
  const auto order = await_order(run, flags.attempt, signals);
  if (!order)
    return fail(errno == EINTR ? exit_terminated : static_cast<int>(exit_data_directory),
                fmt::format("{}: {}", claim_file(run, flags.attempt).string(),
                            errno == 0 ? "no claim of this attempt" : std::strerror(errno)));
  if (run.has_ended()) return fail(exit_claim_refused, "the run is over");
  constexpr std::uint32_t patience_default_s = 3'600;
  auto patience_s = flags.patience_s != 0 ? flags.patience_s : order->patience_s;
  if (patience_s == 0) patience_s = patience_default_s;
  return claim_and_run(run, *order, patience_s, signals);
}

}  // namespace

/// For jobs of the driver slurm alone, so no help names it.
void add_claim_command(CLI::App& orrery, ChosenCommand& chosen) {
  auto* command = orrery.add_subcommand("claim", "run what a job of Slurm was submitted for");
  command->group("");
  const auto flags = std::make_shared<ClaimFlags>();
  command->add_option("--run", flags->directory, "run directory")->required();
  command->add_option("--attempt", flags->attempt, "number of the attempt")
      ->required()
      ->check(CLI::Range(1, 1'000'000));
  command->add_option("--patience", flags->patience_s,
                      "seconds without an answer (default: as claim.<attempt>.json says)");
  command->callback([&chosen, flags] { chosen = [flags]() -> int { return claim(*flags); }; });
}

}  // namespace orrery
