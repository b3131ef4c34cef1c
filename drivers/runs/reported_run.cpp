#include "drivers/runs/reported_run.hpp"

#include <variant>

#include <fmt/format.h>

#include "drivers/runs/job_planning.hpp"

namespace orrery {
namespace {

constexpr std::string_view instance_prefix = "instance-";

template <class Command>
std::uint64_t fence_of(const Command& command) {
  return std::visit(
      [](const auto& report) -> std::uint64_t {
        if constexpr (requires { report.fence; }) return report.fence;
        return 0;
      },
      command);
}

bool is_of_the_end(const Service::Command& command) {
  return std::holds_alternative<Service::ReportExited>(command) ||
         std::holds_alternative<Service::ReportFailed>(command);
}
bool is_of_the_end(const Job::Command& command) {
  return std::holds_alternative<Job::ReportExited>(command);
}
bool is_of_the_end(const Instance::Command& command) {
  return std::holds_alternative<Instance::ReportStopped>(command) ||
         std::holds_alternative<Instance::ReportFailed>(command);
}

bool means_unwanted(Service::Rejection why) {
  return why == Service::Rejection::service_has_ended ||
         why == Service::Rejection::service_does_not_exist ||
         why == Service::Rejection::fence_is_stale;
}
bool means_unwanted(Job::Rejection why) {
  return why == Job::Rejection::job_has_ended || why == Job::Rejection::job_does_not_exist ||
         why == Job::Rejection::fence_is_stale;
}
bool means_unwanted(Instance::Rejection why) {
  return why == Instance::Rejection::instance_has_ended ||
         why == Instance::Rejection::instance_does_not_exist ||
         why == Instance::Rejection::fence_is_stale;
}

ReportedRun run_of(const std::string& id, const Service::Command& command) {
  return {id, fence_of(command)};
}
ReportedRun run_of(const std::string& id, const Job::Command& command) {
  return {run_id_of_job(id), fence_of(command)};
}
ReportedRun run_of(const std::string& id, const Instance::Command& command) {
  return {run_id_of_instance(id), fence_of(command)};
}

template <class A>
std::optional<ReportedRun> end_of(const AddressedCommand& report) {
  const auto* to = std::get_if<To<A>>(&report);
  if (to == nullptr || !is_of_the_end(to->command)) return std::nullopt;
  return run_of(to->id, to->command);
}

template <class A>
std::optional<ReportedRun> unwanted_of(const RefusedCommand& refused) {
  const auto* rejected = std::get_if<Rejected<A>>(&refused);
  if (rejected == nullptr || !means_unwanted(rejected->rejection)) return std::nullopt;
  return run_of(rejected->id, rejected->command);
}

}  // namespace

RunKind kind_of_run(std::string_view run_id) {
  if (job_of_run(run_id)) return RunKind::job;
  return instance_of_run(run_id).empty() ? RunKind::service : RunKind::instance;
}

std::string run_id_of_instance(std::string_view instance_id) {
  return fmt::format("{}{}", instance_prefix, instance_id);
}

std::string_view instance_of_run(std::string_view run_id) {
  return run_id.starts_with(instance_prefix) ? run_id.substr(instance_prefix.size())
                                             : std::string_view();
}

std::optional<ReportedRun> end_of_report(const AddressedCommand& report) {
  if (auto run = end_of<Service>(report)) return run;
  if (auto run = end_of<Job>(report)) return run;
  return end_of<Instance>(report);
}

std::optional<ReportedRun> unwanted_by(const RefusedCommand& refused) {
  if (auto run = unwanted_of<Service>(refused)) return run;
  if (auto run = unwanted_of<Job>(refused)) return run;
  return unwanted_of<Instance>(refused);
}

}  // namespace orrery
