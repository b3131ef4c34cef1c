#include "drivers/runs/job_planning.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "drivers/job_duties.hpp"
#include "drivers/runs/file_text.hpp"
#include "drivers/runs/job_environment.hpp"
#include "drivers/runs/output_pattern.hpp"
#include "drivers/runs/person_folder.hpp"
#include "drivers/runs/process_table.hpp"
#include "storage/subject_keys.hpp"

namespace orrery {
namespace {

using Plan = boost::system::result<LaunchPlan, LaunchFailure>;

constexpr std::string_view run_prefix = "job-";
constexpr std::string_view failed = "job_launch_failure";

/// A person's own words, as far as the driver needs them.
struct OpenedScript {
  std::string text;
  std::vector<std::string> arguments;
  std::vector<std::string> environment;
  std::string working_directory;
  std::string standard_input;
  std::string standard_output;
  std::string standard_error;
};

/// None where the person was erased.
std::optional<OpenedScript> open_script(const SubjectKeys* keys, const JobScript& script) {
  bool is_open = true;
  const auto open = [&](const Sealed& sealed) -> std::string {
    if (sealed.subject.empty()) return "";
    auto text = keys == nullptr ? std::nullopt : keys->open(sealed);
    is_open = is_open && text.has_value();
    return std::move(text).value_or("");
  };
  OpenedScript opened{open(script.text),
                      parts_of(open(script.arguments)),
                      parts_of(open(script.environment)),
                      open(script.working_directory),
                      open(script.standard_input),
                      open(script.standard_output),
                      open(script.standard_error)};
  if (!is_open) return std::nullopt;
  return opened;
}

/// Where the job works: the folder that it names, where that is there and its person's own, else
/// the person's. Seen from that one.
std::string work_place(const std::filesystem::path& home, const std::string& wish) {
  const auto place = place_in_folder(home, "", wish);
  if (!place || !open_in_folder(home, *place, O_PATH | O_DIRECTORY)) return ".";
  return *place;
}

OutputNames names_of(const StartJob& start) {
  OutputNames names;
  const auto& id = start.job_id;
  std::from_chars(id.data(), id.data() + id.size(), names.job_id);
  names.task = start.task;
  names.name = start.specification.name;
  names.user = start.specification.user;
  names.host = start.node_id;
  return names;
}

/// Which file a stream is, seen from the person's folder; empty for none at all (/dev/null). A
/// failure says nothing of the name: it is the person's own.
using PlaceResult = boost::system::result<std::string, LaunchFailure>;
PlaceResult stream_place(const std::filesystem::path& home, const std::string& work,
                         const std::string& file) {
  if (file == "/dev/null") return PlaceResult(boost::system::in_place_value, "");
  const auto place = place_in_folder(home, work, file);
  if (!place)
    return LaunchFailure{std::string(io_setup_failed),
                         "A file of its input or output is outside of its user's folder."};
  return PlaceResult(boost::system::in_place_value, *place);
}

/// Puts the streams' files into the plan.
std::optional<LaunchFailure> plan_streams(const StartJob& start, const OpenedScript& script,
                                          const std::string& work, LaunchPlan& plan) {
  const auto names = names_of(start);
  const auto pattern = script.standard_output.empty()
                           ? std::string(default_output_pattern(start.task.has_value()))
                           : script.standard_output;
  const std::array<std::pair<std::string, std::string LaunchPlan::*>, 3> streams{
      {{script.standard_input.empty() ? "/dev/null" : script.standard_input,
        &LaunchPlan::standard_input},
       {pattern, &LaunchPlan::standard_output},
       {script.standard_error.empty() ? pattern : script.standard_error,
        &LaunchPlan::standard_error}}};
  for (const auto& [wish, member] : streams) {
    const auto place = stream_place(plan.home, work, fill_in_output_pattern(wish, names));
    if (!place) return place.error();
    plan.*member = *place;
  }
  plan.appends_output = start.specification.appends_output;
  return std::nullopt;
}

bool write_script(const std::filesystem::path& file, std::string_view text) {
  const Descriptor out(
      ::open(file.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, S_IRWXU));
  return out && write_all(out.get(), text);
}

/// A script that doesn't say by whom it is to be run is the shell's.
std::vector<std::string> command_of(const OpenedScript& script, const std::string& file,
                                    std::vector<std::string> held_back) {
  if (script.text.empty()) return {"sleep", "infinity"};
  std::vector<std::string> command;
  if (!held_back.empty()) command = {"env"};
  command.insert(command.end(), held_back.begin(), held_back.end());
  if (!script.text.starts_with("#!")) command.emplace_back("/bin/sh");
  command.push_back(file);
  command.insert(command.end(), script.arguments.begin(), script.arguments.end());
  return command;
}

void copy_wishes(const PlanningGround& ground, const StartJob& start, const RunDirectory& directory,
                 LaunchPlan& plan) {
  plan.service_id = run_id_of_job(start.job_id);
  plan.fence = start.fence;
  if (!start.places.empty()) plan.gpu_indices = start.places.front().gpu_indices;
  plan.cpu_count = start.specification.resources.cpus_per_node;
  plan.memory_mib = start.specification.resources.memory_mib_per_node;
  plan.grace_period_s = JobDuties::kill_wait_s_default;
  plan.log_bytes_max = ground.configuration.log_bytes_max;
  plan.work_directory = directory.work();
  if (!ground.control_groups.empty())
    plan.control_group = ground.control_groups + "/" + directory.path().filename().string();
  plan.causation = start.origin.causation;
  plan.correlation = start.origin.correlation;
}

bool is_writable_as_json(const LaunchPlan& plan) {
  const auto all = {&plan.standard_input, &plan.standard_output, &plan.standard_error};
  return std::ranges::all_of(plan.command, is_utf8) &&
         std::ranges::all_of(all, [](const auto* text) { return is_utf8(*text); });
}

Plan plan_script(const PlanningGround& ground, const StartJob& start, const RunDirectory& directory,
                 const OpenedScript& script) {
  LaunchPlan plan;
  copy_wishes(ground, start, directory, plan);
  const auto home = person_folder(ground.configuration.homes, start.specification.user);
  if (home.empty()) return LaunchFailure{std::string(failed), "Its user has no folder here."};
  plan.home = home.string();
  const auto work = work_place(home, script.working_directory);
  if (const auto failure = plan_streams(start, script, work, plan)) return *failure;
  const auto file = directory.work() / "slurm_script";
  if (!write_script(file, script.text))
    return LaunchFailure{std::string(failed), "Its script can't be written."};

  const auto whole = work == "." ? home : home / work;
  auto told = slurm_variables(start, start.node_id, whole.string());
  told[std::string(run_mark)] = directory.path().string();
  auto environment = job_environment(script.environment, plan.home, told);
  for (const auto& [name, value] : environment.variables)
    if (is_utf8(name) && is_utf8(value)) plan.environment.push_back({name, value});
  SandboxView view{
      directory.work(), {}, ground.configuration.hidden, plan.gpu_indices, plan.memory_mib};
  view.folder = home;
  view.directory = whole;
  plan.command = sandboxed(ground.sandbox.sandbox, view,
                           command_of(script, file.string(), environment.held_back));
  plan.is_sandboxed = !ground.sandbox.sandbox.program.empty();
  if (!plan.is_sandboxed) plan.work_directory = whole.string();
  if (!is_writable_as_json(plan))
    return LaunchFailure{std::string(failed), "Its arguments or files are no UTF-8."};
  return plan;
}

std::string_view because_of(JobStopReason reason) {
  switch (reason) {
    case JobStopReason::time_limit:
      return " DUE TO TIME LIMIT";
    case JobStopReason::preempted:
      return " DUE TO PREEMPTION";
    case JobStopReason::node_failed:
      return " DUE TO NODE FAILURE";
    case JobStopReason::requeued:
      return " DUE TO JOB REQUEUE";
    case JobStopReason::idle:
      return " DUE TO IDLE GPUS";
    case JobStopReason::cancelled:
    case JobStopReason::dependency_never_satisfied:
      break;
  }
  return "";
}

}  // namespace

std::string run_id_of_job(std::string_view job_id) {
  return fmt::format("{}{}", run_prefix, job_id);
}

std::optional<std::string_view> job_of_run(std::string_view run_id) {
  if (!run_id.starts_with(run_prefix)) return std::nullopt;
  return run_id.substr(run_prefix.size());
}

Plan plan_job(const PlanningGround& ground, const StartJob& start, const RunDirectory& directory) {
  if (ground.configuration.sandbox == SandboxMode::on && !ground.sandbox.problem.empty())
    return LaunchFailure{"no_sandbox",
                         fmt::format("No sandbox is to be had: {}.", ground.sandbox.problem)};
  const auto script = open_script(ground.configuration.subject_keys, start.specification.script);
  if (!script)
    return LaunchFailure{std::string(failed), "Its script can't be opened: its user was erased."};
  return plan_script(ground, start, directory, *script);
}

std::string cancellation_notice(std::string_view job_id, std::string_view node_id,
                                JobStopReason reason, std::string_view when) {
  return fmt::format("slurmstepd: error: *** JOB {} ON {} CANCELLED AT {}{} ***", job_id, node_id,
                     when, because_of(reason));
}

}  // namespace orrery
