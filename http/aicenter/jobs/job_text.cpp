#include "http/aicenter/jobs/job_text.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "events/folds/billing_terms.hpp"
#include "http/aicenter/jobs/json_text.hpp"
#include "http/aicenter/sbatch/values.hpp"
#include "http/aicenter/tres.hpp"

namespace orrery::aicenter {

namespace {

void append_hosts(std::string& out, const std::vector<std::string>& hosts) {
  if (hosts.empty())
    out += R"("")";
  else
    append_json_text(out, sbatch::host_list_text(hosts));
}

/// What the texts of one job have in common.
struct Told {
  const JobRow& job;
  const JobFacts& facts;
  const JobSight& sight;
  const batch::JobForecast* forecast = nullptr;
  std::uint32_t time_limit_min = 0;
  std::int64_t eligible_s = 0;
  std::int64_t start_s = 0;
  std::int64_t end_s = 0;

  bool waits() const { return job.status == JobStatus::pending; }
  bool has_places() const { return job.run && !job.run->places.empty(); }
};

Told told_of(const JobRow& job, const JobSight& sight) {
  Told told{job, *job.facts, sight};
  if (told.waits() && sight.forecast) told.forecast = sight.forecast->find(job.id);
  told.time_limit_min = job.run ? job.run->time_limit_min : told.facts.time_limit_min;
  const auto submitted_s = seconds_of(job.submitted_at);
  told.eligible_s = job.hold != JobHold::none ? 0 : std::max(submitted_s, told.facts.begin_time_s);
  told.start_s = seconds_of(job.started_at);
  told.end_s = seconds_of(job.ended_at);
  if (told.start_s == 0 && told.waits()) {
    told.start_s = told.forecast ? told.forecast->expected_start_s : 0;
    if (told.start_s == 0 && told.facts.begin_time_s > submitted_s)
      told.start_s = told.facts.begin_time_s;
  }
  if (told.end_s == 0 && told.start_s != 0)
    told.end_s = told.start_s + std::int64_t{told.time_limit_min} * 60;
  return told;
}

/// As wait(2) tells of a process.
std::uint32_t wait_status(const JobRow& job) {
  return (job.exit_code.value_or(0) & 0xff) << 8 | (job.signal.value_or(0) & 0x7f);
}

std::uint32_t priority_of(const Told& told) {
  if (told.waits() && told.job.hold != JobHold::none) return 0;
  if (told.job.priority != 0) return told.job.priority;
  return told.forecast ? told.forecast->priority : told.sight.priority;
}

std::string joined(const std::vector<std::string>& names, char separator) {
  std::string text;
  for (const auto& name : names) {
    if (!text.empty()) text += separator;
    text += name;
  }
  return text;
}

std::string nodes_of(const JobRow& job) {
  if (!job.run) return {};
  if (job.run->places.size() == 1) return job.run->places.front().node_id;
  std::vector<std::string> ids;
  ids.reserve(job.run->places.size());
  for (const auto& place : job.run->places) ids.push_back(place.node_id);
  return sbatch::host_list_text(ids);
}

Tres tres_of(const JobResources& resources) {
  const std::uint64_t nodes = resources.node_count;
  const auto cpus = nodes * resources.cpus_per_node;
  return {cpus, nodes * resources.memory_mib_per_node, nodes, cpus,
          nodes * resources.gpus_per_node};
}

std::string gpu_model_of(const JobResources& resources) {
  return resources.gpu_model.empty() ? "gpu" : "gpu:" + resources.gpu_model;
}

void put_in_words(const JobResources& resources, ResourceTexts& texts) {
  if (!texts.tres.empty() && texts.of == resources) return;
  texts.of = resources;
  texts.tres = tres_text(tres_of(resources));
  texts.per_node.clear();
  if (resources.gpus_per_node > 0)
    texts.per_node = fmt::format("gres:{}:{}", gpu_model_of(resources), resources.gpus_per_node);
}

void append_gres_detail(std::string& out, const Told& told) {
  out += '[';
  if (told.has_places() && told.facts.resources.gpus_per_node > 0) {
    const auto model = gpu_model_of(told.facts.resources);
    for (const auto& place : told.job.run->places) {
      if (place.gpu_indices.empty()) continue;
      if (out.back() != '[') out += ',';
      append_json_text(out, fmt::format("{}:{}(IDX:{})", model, place.gpu_indices.size(),
                                        index_ranges(place.gpu_indices)));
    }
  }
  out += ']';
}

/// Which cores a job has, no one here counts: `sockets` stays empty.
void append_job_resources(std::string& out, const Told& told, std::string_view nodes) {
  const auto& resources = told.facts.resources;
  const auto count = told.job.run->places.size();
  out += R"("job_resources":{"nodes":)";
  append_json_text(out, nodes);
  fmt::format_to(std::back_inserter(out),
                 R"(,"allocated_cpus":{},"allocated_hosts":{},"allocated_nodes":[)",
                 count * resources.cpus_per_node, count);
  for (const auto& place : told.job.run->places) {
    if (out.back() == '}') out += ',';
    out += R"({"sockets":{},"nodename":)";
    append_json_text(out, place.node_id);
    fmt::format_to(std::back_inserter(out),
                   R"(,"cpus_used":0,"memory_used":0,"memory_allocated":{}}})",
                   resources.memory_mib_per_node);
  }
  out += "]},";
}

void append_identity(std::string& out, const Told& told, std::string_view first_node) {
  const auto& job = told.job;
  out += R"({"account":)";
  append_json_text(out, told.facts.account);
  append_number(out, R"(,"accrue_time":)", told.eligible_s);
  append_number(out, R"(,"admin_comment":"","array_job_id":)", job.task ? job.task->array_id : 0);
  out += R"(,"array_task_id":)";
  if (job.task)
    append_number(out, "", job.task->task_id);
  else
    out += "null";
  append_number(out, R"(,"array_max_tasks":)", job.task ? job.task->running_max : 0);
  out += R"(,"array_task_string":"","association_id":0,"batch_features":"","batch_flag":)";
  out += told.facts.is_interactive ? "false" : "true";
  out += R"(,"batch_host":)";
  append_json_text(out, first_node);
  out += R"(,"flags":[)";
  if (!told.waits()) out += has_ended(job.status) ? R"("TRES_STR_CALC")" : R"("JOB_WAS_RUNNING")";
  out += R"(],"burst_buffer":"","burst_buffer_state":"","cluster":)";
  append_json_text(out, told.facts.cluster);
  out += R"(,"cluster_features":"","command":"","comment":)";
  append_json_text(out, told.facts.comment);
  out += R"(,"container":"","contiguous":false,"core_spec":null,"thread_spec":null,)"
         R"("cores_per_socket":null,"billable_tres":)";
}

void append_terms(std::string& out, const Told& told) {
  const auto& resources = told.facts.resources;
  if (told.waits()) {
    out += "null";
  } else {
    append_number(out, "", std::int64_t{resources.node_count} * resources.cpus_per_node);
    out += ".0";
  }
  out += R"(,"cpus_per_task":)";
  if (resources.cpus_per_task > 1)
    append_number(out, "", resources.cpus_per_task);
  else
    out += "null";
  out += R"(,"cpu_frequency_minimum":null,"cpu_frequency_maximum":null,)"
         R"("cpu_frequency_governor":null,"cpus_per_tres":"","deadline":0,"delay_boot":0,)"
         R"("dependency":)";
  append_json_text(out, told.waits() ? dependency_text(told.facts) : std::string());
  append_number(out, R"(,"derived_exit_code":0,"eligible_time":)", told.eligible_s);
  append_number(out, R"(,"end_time":)", told.end_s);
  out += R"(,"excluded_nodes":)";
  append_hosts(out, told.facts.nodes.excluded);
  append_number(out, R"(,"exit_code":)", wait_status(told.job));
  out += R"(,"features":)";
  append_json_text(out, joined(told.facts.nodes.features, '&'));
  out += R"(,"federation_origin":"","federation_siblings_active":"",)"
         R"("federation_siblings_viable":"","gres_detail":)";
  append_gres_detail(out, told);
  append_number(out, R"(,"group_id":)", told.sight.uid);
  out += R"(,"group_name":)";
  append_json_text(out, told.facts.user);
  append_number(out, R"(,"job_id":)", told.job.id);
  out += ',';
}

void append_place(std::string& out, const Told& told, std::string_view nodes) {
  const auto& resources = told.facts.resources;
  const auto node_count = resources.node_count;
  if (told.has_places()) append_job_resources(out, told, nodes);
  out += R"("job_state":")";
  out += job_state_word(told.job.status);
  const auto evaluated_s = told.waits() && told.sight.forecast
                               ? seconds_of(told.sight.forecast->made_at)
                               : seconds_of(told.job.started_at);
  append_number(out, R"(","last_sched_evaluation":)", evaluated_s);
  out += R"(,"licenses":"","max_cpus":0,"max_nodes":0,"mcs_label":"","memory_per_tres":"","name":)";
  append_json_text(out, told.facts.name);
  out += R"(,"nodes":)";
  append_json_text(out, nodes);
  out += R"(,"nice":)";
  if (told.facts.nice != 0)
    append_number(out, "", told.facts.nice);
  else
    out += "null";
  append_number(out,
                R"(,"tasks_per_core":null,"tasks_per_node":0,"tasks_per_socket":null,)"
                R"("tasks_per_board":0,"cpus":)",
                std::int64_t{node_count} * resources.cpus_per_node);
  append_number(out, R"(,"node_count":)", node_count);
  append_number(out, R"(,"tasks":)", resources.task_count);
  out += R"(,"het_job_id":0,"het_job_id_set":"","het_job_offset":0,"partition":)";
  append_json_text(out,
                   told.job.run ? told.job.run->partition : joined(told.facts.partitions, ','));
  append_number(out, R"(,"prefer":"","memory_per_node":)", resources.memory_mib_per_node);
  append_number(out, R"(,"memory_per_cpu":null,"minimum_cpus_per_node":)", resources.cpus_per_node);
  out += R"(,"minimum_tmp_disk_per_node":0,"preempt_time":0,"pre_sus_time":0,"priority":)";
  append_number(out, "", priority_of(told));
  out += R"(,"profile":null,"qos":)";
  append_json_text(out, told.facts.qos);
  out += R"(,"reboot":false,"required_nodes":)";
  append_hosts(out, told.facts.nodes.wanted);
}

/// A sentence on why it waits, where a place is kept for it.
std::string_view description_of(const Told& told) {
  if (!told.waits() || !told.sight.forecast) return {};
  const auto found = told.sight.forecast->details.find(told.job.id);
  return found == told.sight.forecast->details.end() ? std::string_view()
                                                     : std::string_view(found->second);
}

void append_course(std::string& out, const Told& told) {
  const auto& resources = told.facts.resources;
  ResourceTexts own;
  auto& texts = told.sight.texts ? *told.sight.texts : own;
  put_in_words(resources, texts);
  static const JobPaths nothing;
  const auto& paths = told.sight.paths ? *told.sight.paths : nothing;
  out += R"(,"requeue":)";
  out += told.facts.may_requeue ? "true" : "false";
  append_number(out, R"(,"resize_time":0,"restart_cnt":)", told.job.restart_count);
  out += R"(,"resv_name":"","shared":)";
  out += resources.is_exclusive ? R"("none")" : "null";
  append_number(out,
                R"(,"show_flags":["SHOW_ALL","SHOW_DETAIL","SHOW_LOCAL"],"sockets_per_board":0,)"
                R"("sockets_per_node":null,"start_time":)",
                told.start_s);
  out += R"(,"state_description":)";
  append_json_text(out, description_of(told));
  out += R"(,"state_reason":)";
  append_json_text(out, job_reason_word(told.job, told.sight.forecast));
  out += R"(,"standard_error":)";
  append_json_text(out, paths.standard_error);
  out += R"(,"standard_input":)";
  append_json_text(out, paths.standard_input);
  out += R"(,"standard_output":)";
  append_json_text(out, paths.standard_output);
  append_number(out, R"(,"submit_time":)", seconds_of(told.job.submitted_at));
  append_number(out, R"(,"suspend_time":0,"system_comment":"","time_limit":)", told.time_limit_min);
  append_number(out, R"(,"time_minimum":)", told.facts.time_limit_min_least);
  out += R"(,"threads_per_core":null,"tres_bind":"","tres_freq":"","tres_per_job":"",)"
         R"("tres_per_node":)";
  append_json_text(out, texts.per_node);
  out += R"(,"tres_per_socket":"","tres_per_task":"","tres_req_str":)";
  append_json_text(out, texts.tres);
  out += R"(,"tres_alloc_str":)";
  append_json_text(out, told.has_places() ? std::string_view(texts.tres) : std::string_view());
  append_number(out, R"(,"user_id":)", told.sight.uid);
  out += R"(,"user_name":)";
  append_json_text(out, told.facts.user);
  out += R"(,"wckey":"","current_working_directory":)";
  append_json_text(out, paths.working_directory);
  out += '}';
}

}  // namespace

void append_job(std::string& out, const JobRow& job, const JobSight& sight) {
  const auto told = told_of(job, sight);
  const auto nodes = nodes_of(job);
  append_identity(
      out, told,
      told.has_places() ? std::string_view(job.run->places.front().node_id) : std::string_view());
  append_terms(out, told);
  append_place(out, told, nodes);
  append_course(out, told);
}

}  // namespace orrery::aicenter
