#include "http/aicenter/accounting/job_query.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <map>

#include <fmt/format.h>
#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>
#include <boost/url/encoding_opts.hpp>
#include <boost/url/pct_string_view.hpp>

#include "events/folds/billing_terms.hpp"
#include "http/aicenter/sbatch/values.hpp"

namespace orrery::aicenter {
namespace {

/// A bare number of so many digits is a moment, in seconds since 1970.
constexpr std::size_t moment_digits_min = 9;

std::optional<std::uint32_t> number_of(std::string_view text) {
  std::uint32_t number = 0;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  return parsed.ec == std::errc() && parsed.ptr == end ? std::optional(number) : std::nullopt;
}

std::optional<std::int64_t> moment_of(const std::string& text, Time now, std::int32_t offset_min) {
  const bool is_number = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (!is_number || text.size() < moment_digits_min)
    return sbatch::parse_begin_time(text, now, offset_min);
  const auto seconds = number_of(text);
  return seconds ? std::optional<std::int64_t>(*seconds) : std::nullopt;
}

std::optional<std::vector<JobStatus>> statuses_of(std::string word) {
  boost::algorithm::to_upper(word);
  using enum JobStatus;
  static const std::map<std::string, std::vector<JobStatus>, std::less<>> words{
      {"PENDING", {pending}},
      {"PD", {pending}},
      {"RUNNING", {configuring, running}},
      {"R", {configuring, running}},
      {"CONFIGURING", {configuring}},
      {"CF", {configuring}},
      {"COMPLETING", {completing}},
      {"CG", {completing}},
      {"COMPLETED", {completed}},
      {"CD", {completed}},
      {"FAILED", {failed}},
      {"F", {failed}},
      {"TIMEOUT", {timeout}},
      {"TO", {timeout}},
      {"CANCELLED", {cancelled}},
      {"CA", {cancelled}},
      {"PREEMPTED", {preempted}},
      {"PR", {preempted}},
      {"NODE_FAIL", {node_fail}},
      {"NF", {node_fail}},
      // Slurm's own, which nothing here comes to.
      {"SUSPENDED", {}},
      {"S", {}},
      {"BOOT_FAIL", {}},
      {"BF", {}},
      {"DEADLINE", {}},
      {"DL", {}},
      {"OUT_OF_MEMORY", {}},
      {"OOM", {}},
      {"REQUEUED", {}},
      {"RQ", {}},
      {"RESIZING", {}},
      {"RS", {}},
      {"REVOKED", {}},
      {"RV", {}},
  };
  const auto found = words.find(word);
  return found == words.end() ? std::nullopt : std::optional(found->second);
}

/// Reads one field after the other; what it says in the end is the first that is wrong.
class Reader {
 public:
  Reader(Time now, std::int32_t offset_min) : now_(now), offset_min_(offset_min) {}

  JobQuery query;
  std::optional<Refusal> refusal;

  void read(const std::string& name, const std::string& value) {
    const auto found = fields().find(name);
    if (found == fields().end()) return refuse("Unknown Query field", {});
    found->second(*this, value);
  }

 private:
  using Field = std::function<void(Reader&, const std::string&)>;

  static Field list(std::vector<std::string> JobQuery::*member) {
    return [=](Reader& self, const std::string& value) {
      boost::algorithm::split(self.query.*member, value, boost::algorithm::is_any_of(","));
    };
  }
  static Field moment(std::string_view name, std::optional<std::int64_t> JobQuery::*member) {
    return [=](Reader& self, const std::string& value) {
      self.query.*member = moment_of(value, self.now_, self.offset_min_);
      if (!(self.query.*member)) self.refuse("Unable to parse time format", name);
    };
  }
  static Field bound(std::string_view name, JobQuery::Range JobQuery::*range,
                     std::uint32_t JobQuery::Range::*end) {
    return [=](Reader& self, const std::string& value) {
      const auto number = number_of(value);
      if (!number) return self.refuse("Unable to parse number", name);
      self.query.*range.*end = *number;
    };
  }
  static void ignore(Reader&, const std::string&) {}
  static void nothing_has_it(Reader& self, const std::string& value) {
    if (!value.empty()) self.query.wants_the_impossible = true;
  }

  void read_states(const std::string& value) {
    std::vector<std::string> words;
    boost::algorithm::split(words, value, boost::algorithm::is_any_of(","));
    for (auto& word : words) {
      const auto statuses = statuses_of(std::move(word));
      if (!statuses) return refuse("Unable to parse CSV list", "state");
      query.states.insert(query.states.end(), statuses->begin(), statuses->end());
    }
    query.wants_the_impossible = query.wants_the_impossible || query.states.empty();
  }

  void read_exit_codes(const std::string& value) {
    std::vector<std::string> words;
    boost::algorithm::split(words, value, boost::algorithm::is_any_of(","));
    for (const auto& word : words) {
      const auto code = number_of(word);
      if (!code) return refuse("Unable to parse CSV list", "exit_code");
      query.exit_codes.push_back(*code);
    }
  }

  void read_nodes(const std::string& value) {
    auto names = sbatch::expand_host_list(value);
    if (!names) return refuse("Unable to parse CSV list", "node");
    query.nodes = *std::move(names);
  }

  static const std::map<std::string, Field, std::less<>>& fields() {
    using Range = JobQuery::Range;
    static const std::map<std::string, Field, std::less<>> known{
        {"submit_time", moment("submit_time", &JobQuery::submit_s)},
        {"start_time", moment("start_time", &JobQuery::start_s)},
        {"end_time", moment("end_time", &JobQuery::end_s)},
        {"account", list(&JobQuery::accounts)},
        {"association", nothing_has_it},
        {"cluster", list(&JobQuery::clusters)},
        {"constraints", list(&JobQuery::constraints)},
        {"cpus_max", bound("cpus_max", &JobQuery::cpus, &Range::max)},
        {"cpus_min", bound("cpus_min", &JobQuery::cpus, &Range::min)},
        {"nodes_max", bound("nodes_max", &JobQuery::node_count, &Range::max)},
        {"nodes_min", bound("nodes_min", &JobQuery::node_count, &Range::min)},
        {"skip_steps",
         [](Reader& self, const std::string& value) {
           self.query.skip_steps = value != "false" && value != "0";
         }},
        {"disable_wait_for_result", ignore},
        {"exit_code", [](Reader& self, const std::string& value) { self.read_exit_codes(value); }},
        {"format", ignore},
        {"job_name", list(&JobQuery::names)},
        {"partition", list(&JobQuery::partitions)},
        {"qos", list(&JobQuery::qos)},
        {"reason", list(&JobQuery::reasons)},
        {"reservation", nothing_has_it},
        {"state", [](Reader& self, const std::string& value) { self.read_states(value); }},
        {"step", list(&JobQuery::jobs)},
        {"node", [](Reader& self, const std::string& value) { self.read_nodes(value); }},
        {"wckey", nothing_has_it},
    };
    return known;
  }

  void refuse(std::string description, std::string_view source) {
    if (refusal) return;
    refusal =
        slurm_error(slurm_errno::rest_invalid_query, std::move(description), std::string(source));
  }

  Time now_;
  std::int32_t offset_min_;
};

/// The edge has checked that it is percent-encoded.
std::string decoded(std::string_view text) {
  boost::urls::encoding_opts options;
  options.space_as_plus = true;
  return boost::urls::pct_string_view(text).decode(options);
}

bool holds(const std::vector<std::string>& wanted, const std::string& value) {
  return wanted.empty() || std::ranges::find(wanted, value) != wanted.end();
}

bool fits_times(const JobQuery& query, const JobRow& job) {
  const auto submitted_s = seconds_of(job.submitted_at);
  if (query.submit_s && submitted_s < *query.submit_s) return false;
  if (query.end_s && submitted_s > *query.end_s) return false;
  return !query.start_s || !has_ended(job.status) || seconds_of(job.ended_at) >= *query.start_s;
}

bool fits_places(const JobQuery& query, const JobRow& job) {
  if (query.nodes.empty()) return true;
  return job.run && std::ranges::any_of(job.run->places, [&](const JobPlace& place) {
           return holds(query.nodes, place.node_id);
         });
}

bool fits_partition(const JobQuery& query, const JobRow& job) {
  if (query.partitions.empty()) return true;
  if (job.run) return holds(query.partitions, job.run->partition);
  return std::ranges::any_of(job.facts->partitions,
                             [&](const auto& each) { return holds(query.partitions, each); });
}

bool fits_features(const JobQuery& query, const JobRow& job) {
  return query.constraints.empty() ||
         std::ranges::any_of(job.facts->nodes.features,
                             [&](const auto& each) { return holds(query.constraints, each); });
}

bool fits_outcome(const JobQuery& query, const JobRow& job) {
  if (!query.states.empty() && std::ranges::find(query.states, job.status) == query.states.end())
    return false;
  if (query.exit_codes.empty()) return true;
  return job.exit_code &&
         std::ranges::find(query.exit_codes, *job.exit_code) != query.exit_codes.end();
}

bool fits_words(const JobQuery& query, const JobRow& job) {
  const auto& facts = *job.facts;
  return holds(query.accounts, facts.account) && holds(query.clusters, facts.cluster) &&
         holds(query.names, facts.name) && holds(query.qos, facts.qos) &&
         holds(query.reasons, job.reason);
}

}  // namespace

bool is_named(const JobRow& job, std::string_view id) {
  const auto under = id.find('_');
  const auto number = number_of(id.substr(0, under));
  if (!number) return false;
  if (under == id.npos) return job.id == *number || (job.task && job.task->array_id == *number);
  return job.task && job.task->array_id == *number &&
         number_of(id.substr(under + 1)) == job.task->task_id;
}

bool JobQuery::fits(const JobRow& job) const {
  const auto& resources = job.facts->resources;
  if (wants_the_impossible || !cpus.holds(resources.cpus_per_node * resources.node_count) ||
      !node_count.holds(resources.node_count))
    return false;
  if (!jobs.empty() &&
      std::ranges::none_of(jobs, [&](const auto& id) { return is_named(job, id); }))
    return false;
  return fits_times(*this, job) && fits_words(*this, job) && fits_partition(*this, job) &&
         fits_places(*this, job) && fits_features(*this, job) && fits_outcome(*this, job);
}

boost::system::result<JobQuery, Refusal> read_job_query(const Request& request, Time now,
                                                        std::int32_t utc_offset_min) {
  Reader reader(now, utc_offset_min);
  std::string_view rest = request.query;
  while (!rest.empty()) {
    const auto parameter = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), parameter.size() + 1));
    const auto key = parameter.substr(0, parameter.find('='));
    const auto value = parameter.substr(std::min(parameter.size(), key.size() + 1));
    reader.read(decoded(key), decoded(value));
  }
  if (reader.refusal) return *std::move(reader.refusal);
  return std::move(reader.query);
}

}  // namespace orrery::aicenter
