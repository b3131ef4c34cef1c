#include "drivers/slurm/port/rest_texts.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <boost/algorithm/string/join.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "drivers/runs/program_search.hpp"
#include "drivers/slurm/port/slurm_trouble.hpp"
#include "drivers/slurm/port/slurm_words.hpp"

namespace orrery {
namespace {

namespace json = boost::json;

/// Of a body that isn't Slurm's, in a message.
constexpr std::size_t strange_body_bytes_max = 200;

std::string text_of(const json::object& object, std::string_view name) {
  const auto* const value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

std::uint64_t number_of(const json::object& object, std::string_view name) {
  const auto* const value = object.if_contains(name);
  if (value == nullptr) return 0;
  json::error_code error;
  const auto number = value->to_number<std::uint64_t>(error);
  return error ? 0 : number;
}

std::uint32_t count_of(const json::object& object, std::string_view name) {
  return static_cast<std::uint32_t>(number_of(object, name));
}

bool has_list(const json::object& object, std::string_view name) {
  const auto* const value = object.if_contains(name);
  return value != nullptr && value->is_array();
}

std::vector<const json::object*> objects_in(const json::object& object, std::string_view name) {
  std::vector<const json::object*> objects;
  const auto* const value = object.if_contains(name);
  if (value != nullptr && value->is_array())
    for (const auto& each : value->get_array())
      if (each.is_object()) objects.push_back(&each.get_object());
  return objects;
}

std::vector<std::string> texts_of(const json::object& object, std::string_view name) {
  std::vector<std::string> texts;
  const auto* const value = object.if_contains(name);
  if (value != nullptr && value->is_array())
    for (const auto& each : value->get_array())
      if (each.is_string()) texts.emplace_back(each.get_string());
  return texts;
}

const json::object* object_in(const json::object& object, std::string_view name) {
  const auto* const value = object.if_contains(name);
  return value != nullptr ? value->if_object() : nullptr;
}

/// Their words: "Invalid job id specified", and what it was about where that is told.
std::string words_of(const std::vector<const json::object*>& errors) {
  std::vector<std::string> sentences;
  for (const auto* const error : errors)
    for (const auto* const name : {"error", "description"})
      if (auto words = text_of(*error, name); !words.empty()) sentences.push_back(std::move(words));
  return boost::algorithm::join(sentences, "; ");
}

/// Nobody at this address speaks as we do, or it doesn't let us in.
bool is_of_setup(unsigned status) { return status == 401 || status == 403 || status == 404; }

SlurmNode node_of(const json::object& entry) {
  SlurmNode node;
  node.name = text_of(entry, "name");
  node.address = text_of(entry, "address");
  count_gpus(node, text_of(entry, "gres"), text_of(entry, "gres_used"));
  node.cpu_count = count_of(entry, "cpus");
  node.cpus_used = count_of(entry, "alloc_cpus");
  node.memory_mib = count_of(entry, "real_memory");
  node.memory_used_mib = count_of(entry, "alloc_memory");
  const auto features = text_of(entry, "active_features");
  for (const auto feature : split_text(features, ',')) node.features.emplace_back(feature);
  node.partitions = texts_of(entry, "partitions");
  note_node_state(node, text_of(entry, "state"));
  for (const auto& flag : texts_of(entry, "state_flags")) note_node_state(node, flag);
  node.reason = text_of(entry, "reason");
  return node;
}

std::vector<std::string> list_of(const json::object& object, std::string_view name) {
  const auto text = text_of(object, name);
  const auto parts = split_text(text, ',');
  return {parts.begin(), parts.end()};
}

SlurmPartition partition_of(const json::object& entry) {
  SlurmPartition partition;
  partition.name = text_of(entry, "name");
  partition.state = text_of(entry, "state");
  partition.time_limit_min_max = count_of(entry, "max_time_limit");  // Null: no limit.
  partition.time_limit_min_default = count_of(entry, "default_time_limit");
  partition.groups = list_of(entry, "allowed_groups");
  partition.accounts = list_of(entry, "allowed_accounts");
  partition.accounts_denied = list_of(entry, "denied_accounts");
  const auto flags = texts_of(entry, "flags");
  const auto has = [&](const char* flag) { return std::ranges::find(flags, flag) != flags.end(); };
  partition.is_for_root_only = has("root_only");
  partition.is_closed_to_root = has("no_root");
  partition.needs_reservation = has("reservation_required");
  return partition;
}

}  // namespace

std::string rest_submission(const SlurmOrder& order) {
  const auto node_count = std::max<std::size_t>(order.nodes.size(), 1);
  json::object job{{"name", order.name},
                   {"comment", "orrery"},
                   {"requeue", false},
                   {"nodes", json::array{node_count, node_count}},
                   {"tasks", node_count},
                   {"tasks_per_node", 1},
                   {"cpus_per_task", order.cpus_per_node},
                   {"current_working_directory", order.work_directory},
                   {"standard_input", "/dev/null"},
                   {"standard_output", literal_path(order.output)},
                   {"environment", {{"PATH", search_path}}}};
  const auto add = [&](bool is_wanted, std::string_view name, json::value value) {
    if (is_wanted) job[name] = std::move(value);
  };
  add(!order.nodes.empty(), "nodelist", json::string(boost::algorithm::join(order.nodes, ",")));
  add(!order.partition.empty(), "partition", json::string(order.partition));
  add(!order.account.empty(), "account", json::string(order.account));
  add(order.gpus_per_node != 0, "gres", json::string(gres_of(order)));
  add(order.memory_mib_per_node != 0, "memory_per_node", order.memory_mib_per_node);
  add(order.time_limit_min != 0, "time_limit", order.time_limit_min);
  return json::serialize(json::object{{"script", order.script}, {"job", std::move(job)}});
}

SlurmResult<json::object> read_rest_answer(std::string_view text, unsigned status) {
  json::error_code error;
  auto value = json::parse(text, error);
  if (error || !value.is_object() || !has_list(value.get_object(), "errors"))
    return SlurmFailure{
        is_of_setup(status) ? SlurmTrouble::unusable : SlurmTrouble::unknown,
        fmt::format("slurmrestd answered {}: {}", status, text.substr(0, strange_body_bytes_max))};
  auto& answer = value.get_object();
  const auto errors = objects_in(answer, "errors");
  if (errors.empty()) return std::move(answer);
  const auto words = words_of(errors);
  return SlurmFailure{is_of_setup(status) ? SlurmTrouble::unusable : slurm_trouble(words), words};
}

std::optional<std::uint64_t> read_rest_job_id(const json::object& answer) {
  const auto id = number_of(answer, "job_id");
  return id == 0 ? std::nullopt : std::optional(id);
}

std::optional<std::vector<SlurmJob>> read_rest_jobs(const json::object& answer,
                                                    std::string_view user) {
  if (!has_list(answer, "jobs")) return std::nullopt;
  std::vector<SlurmJob> jobs;
  for (const auto* const entry : objects_in(answer, "jobs"))
    if (text_of(*entry, "user_name") == user)
      jobs.push_back({number_of(*entry, "job_id"), text_of(*entry, "name"),
                      slurm_job_state(text_of(*entry, "job_state")),
                      text_of(*entry, "state_reason")});
  return jobs;
}

std::optional<std::vector<SlurmNode>> read_rest_nodes(const json::object& answer) {
  if (!has_list(answer, "nodes")) return std::nullopt;
  std::vector<SlurmNode> nodes;
  for (const auto* const entry : objects_in(answer, "nodes")) nodes.push_back(node_of(*entry));
  return nodes;
}

std::optional<std::vector<SlurmPartition>> read_rest_partitions(const json::object& answer) {
  if (!has_list(answer, "partitions")) return std::nullopt;
  std::vector<SlurmPartition> partitions;
  for (const auto* const entry : objects_in(answer, "partitions"))
    partitions.push_back(partition_of(*entry));
  return partitions;
}

std::optional<SlurmController> read_rest_controller(const json::object& answer) {
  const auto* const statistics = object_in(answer, "statistics");
  const auto* const meta = object_in(answer, "meta");
  const auto* const slurm = meta != nullptr ? object_in(*meta, "Slurm") : nullptr;
  if (statistics == nullptr || slurm == nullptr) return std::nullopt;
  const auto since = number_of(*statistics, "req_time_start");
  if (since == 0) return std::nullopt;
  return SlurmController{"", text_of(*slurm, "release"), static_cast<std::int64_t>(since)};
}

}  // namespace orrery
