#include "http/aicenter/sbatch/option_table.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>

#include "http/aicenter/sbatch/values.hpp"
#include "http/aicenter/sbatch/words.hpp"

namespace orrery::sbatch {

namespace {

using Value = std::string_view;
using Name = std::string_view;
using Result = Parsed<void>;
constexpr auto none = OptionRow::Argument::none;
constexpr auto optional = OptionRow::Argument::optional;
constexpr auto required = OptionRow::Argument::required;

constexpr std::size_t text_bytes_max = 4'096;

OptionProblem invalid(Name name) { return {fmt::format("Invalid --{} specification", name)}; }

OptionProblem not_a_number(Name name, Value value) {
  return {fmt::format("Invalid numeric value \"{}\" for --{}.", value, name)};
}

template <auto member>
Result set_text(SbatchOptions& options, Name name, Value value) {
  if (value.size() > text_bytes_max || value.find('\0') != Value::npos) return invalid(name);
  options.*member = std::string(value);
  return {};
}

template <auto member>
Result set_count(SbatchOptions& options, Name name, Value value) {
  const auto count = parse_number<std::uint32_t>(value);
  if (!count || *count == 0 || *count > 1'000'000) return not_a_number(name, value);
  options.*member = *count;
  return {};
}

template <auto member, bool says>
Result set_flag(SbatchOptions& options, Name, Value) {
  options.*member = says;
  return {};
}

/// What one of the readers of values.hpp reads.
template <auto member, auto parse>
Result set_parsed(SbatchOptions& options, Name name, Value value) {
  auto parsed = parse(value);
  if (!parsed) return invalid(name);
  options.*member = *std::move(parsed);
  return {};
}

template <auto member>
Result set_gpus(SbatchOptions& options, Name, Value value) {
  auto gpus = parse_gpus(value);
  if (!gpus) return OptionProblem{"Invalid generic resource (gres) specification"};
  options.*member = *std::move(gpus);
  return {};
}

Result set_gres(SbatchOptions& options, Name, Value value) {
  auto gpus = parse_gres(value);
  if (!gpus) return gpus.error();
  options.gres = *std::move(gpus);
  return {};
}

Result set_array(SbatchOptions& options, Name, Value value) {
  auto array = parse_array(value);
  if (!array) return OptionProblem{"Invalid job array specification"};
  options.array = *std::move(array);
  return {};
}

Result set_exclusive(SbatchOptions& options, Name name, Value value) {
  if (value != "" && value != "user" && value != "mcs" && value != "exclusive")
    return invalid(name);
  options.exclusive = true;
  return {};
}

Result set_nice(SbatchOptions& options, Name, Value value) {
  if (value.empty()) value = "100";
  const auto nice = parse_number<std::int64_t>(value);
  constexpr std::int64_t nice_max = std::numeric_limits<std::int32_t>::max() - 2;
  if (!nice) return OptionProblem{fmt::format("Invalid numeric value \"{}\" for --nice.", value)};
  if (*nice > nice_max || *nice < -nice_max)
    return OptionProblem{fmt::format("Invalid --nice value, out of range (+/- {})", nice_max)};
  options.nice = static_cast<std::int32_t>(*nice);
  return {};
}

Result set_nodes(SbatchOptions& options, Name, Value value) {
  const auto dash = value.find('-');
  const auto min = parse_number<std::uint32_t>(value.substr(0, dash));
  const auto max = dash == Value::npos ? min : parse_number<std::uint32_t>(value.substr(dash + 1));
  if (!min || !max || *max > 100'000)
    return OptionProblem{fmt::format("\"{}\" is not a valid node count", value)};
  if (*max < *min)
    return OptionProblem{
        fmt::format("Maximum node count {} is less than minimum node count {}", *max, *min)};
  options.nodes = NodeRange{std::max(*min, 1u), std::max(*max, 1u)};
  return {};
}

Result set_open_mode(SbatchOptions& options, Name name, Value value) {
  const bool appends = Value("append").starts_with(value);
  if (value.empty() || (!appends && !Value("truncate").starts_with(value))) return invalid(name);
  options.appends_output = appends;
  return {};
}

Result set_priority(SbatchOptions& options, Name name, Value value) {
  if (value == "TOP") return invalid(name);
  const auto priority = parse_number<std::uint32_t>(value);
  if (!priority || *priority >= std::numeric_limits<std::uint32_t>::max() - 1)
    return OptionProblem{fmt::format("Invalid numeric value \"{}\" for --priority.", value)};
  options.priority = *priority;
  return {};
}

Result set_kill_on_invalid(SbatchOptions& options, Name name, Value value) {
  if (value != "yes" && value != "no") return invalid(name);
  options.kill_on_invalid_dependency = value == "yes";
  return {};
}

Result set_licenses(SbatchOptions&, Name, Value) {
  return OptionProblem{"Invalid license specification"};
}

Result add_verbosity(SbatchOptions& options, Name, Value) {
  ++options.verbosity;
  return {};
}

/// What makes no difference here, as nodes have no such choice.
Result ignore(SbatchOptions& options, Name name, Value) {
  if (std::find(options.ignored.begin(), options.ignored.end(), name) == options.ignored.end())
    options.ignored.emplace_back(name);
  return {};
}

/// What would change what a job gets, and can't be had.
Result refuse(SbatchOptions&, Name name, Value) {
  return OptionProblem{fmt::format("--{} is not supported on this cluster", name)};
}

constexpr std::uint8_t batch = tool_bit(Tool::sbatch);
constexpr std::uint8_t run = tool_bit(Tool::srun);
constexpr std::uint8_t alloc = tool_bit(Tool::salloc);
constexpr std::uint8_t all = batch | run | alloc;

using O = SbatchOptions;

constexpr std::array rows{
    OptionRow{"account", 'A', required, set_text<&O::account>, all},
    OptionRow{"acctg-freq", '\0', required, ignore, all},
    OptionRow{"array", 'a', required, set_array, batch},
    OptionRow{"batch", '\0', required, ignore, batch},
    OptionRow{"bb", '\0', required, refuse, all},
    OptionRow{"bbf", '\0', required, refuse, all},
    OptionRow{"begin", 'b', required, set_text<&O::begin>, all},
    OptionRow{"bell", '\0', none, ignore, alloc},
    OptionRow{"chdir", 'D', required, set_text<&O::chdir>, all},
    OptionRow{"cluster-constraint", '\0', required, refuse, all},
    OptionRow{"clusters", 'M', required, refuse, all},
    OptionRow{"comment", '\0', required, set_text<&O::comment>, all},
    OptionRow{"constraint", 'C', required, set_text<&O::constraint>, all},
    OptionRow{"container", '\0', required, refuse, all},
    OptionRow{"contiguous", '\0', none, ignore, all},
    OptionRow{"core-spec", 'S', required, ignore, all},
    OptionRow{"cores-per-socket", '\0', required, ignore, all},
    OptionRow{"cpu-bind", '\0', required, ignore, run},
    OptionRow{"cpu-freq", '\0', required, ignore, all},
    OptionRow{"cpus-per-gpu", '\0', required, set_count<&O::cpus_per_gpu>, all},
    OptionRow{"cpus-per-task", 'c', required, set_count<&O::cpus_per_task>, all},
    OptionRow{"deadline", '\0', required, refuse, all},
    OptionRow{"delay-boot", '\0', required, ignore, all},
    OptionRow{"dependency", 'd', required, set_text<&O::dependency>, all},
    OptionRow{"distribution", 'm', required, ignore, all},
    OptionRow{"error", 'e', required, set_text<&O::error>, batch | run},
    OptionRow{"exclude", 'x', required, set_text<&O::exclude>, all},
    OptionRow{"exclusive", '\0', optional, set_exclusive, all},
    OptionRow{"export", '\0', required, set_text<&O::export_>, batch | run},
    OptionRow{"export-file", '\0', required, refuse, batch},
    OptionRow{"extra-node-info", 'B', required, ignore, all},
    OptionRow{"get-user-env", '\0', optional, ignore, batch | alloc},
    OptionRow{"gid", '\0', required, refuse, all},
    OptionRow{"gpu-bind", '\0', required, ignore, all},
    OptionRow{"gpu-freq", '\0', required, ignore, all},
    OptionRow{"gpus", 'G', required, set_gpus<&O::gpus>, all},
    OptionRow{"gpus-per-node", '\0', required, set_gpus<&O::gpus_per_node>, all},
    OptionRow{"gpus-per-socket", '\0', required, refuse, all},
    OptionRow{"gpus-per-task", '\0', required, set_gpus<&O::gpus_per_task>, all},
    OptionRow{"gres", '\0', required, set_gres, all},
    OptionRow{"gres-flags", '\0', required, ignore, all},
    OptionRow{"help", 'h', none, set_flag<&O::wants_help, true>, all},
    OptionRow{"hint", '\0', required, ignore, all},
    OptionRow{"hold", 'H', none, set_flag<&O::hold, true>, all},
    OptionRow{"ignore-pbs", '\0', none, ignore, batch},
    OptionRow{"immediate", 'I', optional, ignore, run | alloc},
    OptionRow{"input", 'i', required, set_text<&O::input>, batch | run},
    OptionRow{"job-name", 'J', required, set_text<&O::job_name>, all},
    OptionRow{"kill-command", 'K', optional, ignore, alloc},
    OptionRow{"kill-on-bad-exit", 'K', optional, ignore, run},
    OptionRow{"kill-on-invalid-dep", '\0', required, set_kill_on_invalid, batch},
    OptionRow{"label", 'l', none, set_flag<&O::labels_output, true>, run},
    OptionRow{"licenses", 'L', required, set_licenses, all},
    OptionRow{"mail-type", '\0', required, set_parsed<&O::mail_type, parse_mail_type>, all},
    OptionRow{"mail-user", '\0', required, set_text<&O::mail_user>, all},
    OptionRow{"mcs-label", '\0', required, ignore, all},
    OptionRow{"mem", '\0', required, set_parsed<&O::mem, parse_memory>, all},
    OptionRow{"mem-bind", '\0', required, ignore, all},
    OptionRow{"mem-per-cpu", '\0', required, set_parsed<&O::mem_per_cpu, parse_memory>, all},
    OptionRow{"mem-per-gpu", '\0', required, set_parsed<&O::mem_per_gpu, parse_memory>, all},
    OptionRow{"mincpus", '\0', required, set_count<&O::mincpus>, all},
    OptionRow{"mpi", '\0', required, ignore, run},
    OptionRow{"network", '\0', required, ignore, all},
    OptionRow{"nice", '\0', optional, set_nice, all},
    OptionRow{"no-kill", 'k', optional, ignore, all},
    OptionRow{"no-requeue", '\0', none, set_flag<&O::requeue, false>, batch},
    OptionRow{"no-shell", '\0', none, ignore, alloc},
    OptionRow{"nodefile", 'F', required, refuse, all},
    OptionRow{"nodelist", 'w', required, set_text<&O::nodelist>, all},
    OptionRow{"nodes", 'N', required, set_nodes, all},
    OptionRow{"ntasks", 'n', required, set_count<&O::ntasks>, all},
    OptionRow{"ntasks-per-core", '\0', required, ignore, all},
    OptionRow{"ntasks-per-gpu", '\0', required, set_count<&O::ntasks_per_gpu>, all},
    OptionRow{"ntasks-per-node", '\0', required, set_count<&O::ntasks_per_node>, all},
    OptionRow{"ntasks-per-socket", '\0', required, ignore, all},
    OptionRow{"ntasks-per-tres", '\0', required, refuse, all},
    OptionRow{"open-mode", '\0', required, set_open_mode, batch | run},
    OptionRow{"output", 'o', required, set_text<&O::output>, batch | run},
    OptionRow{"overcommit", 'O', none, ignore, all},
    OptionRow{"oversubscribe", 's', none, ignore, all},
    OptionRow{"parsable", '\0', none, set_flag<&O::is_parsable, true>, batch},
    OptionRow{"partition", 'p', required, set_text<&O::partition>, all},
    OptionRow{"power", '\0', required, ignore, all},
    OptionRow{"prefer", '\0', required, ignore, all},
    OptionRow{"priority", '\0', required, set_priority, all},
    OptionRow{"profile", '\0', required, ignore, all},
    OptionRow{"propagate", '\0', optional, ignore, batch | run},
    OptionRow{"pty", '\0', optional, set_flag<&O::has_pty, true>, run},
    OptionRow{"qos", 'q', required, set_text<&O::qos>, all},
    OptionRow{"quiet", 'Q', none, set_flag<&O::is_quiet, true>, all},
    OptionRow{"reboot", '\0', none, ignore, all},
    OptionRow{"requeue", '\0', none, set_flag<&O::requeue, true>, batch},
    OptionRow{"reservation", '\0', required, set_text<&O::reservation>, all},
    OptionRow{"signal", '\0', required, set_parsed<&O::signal, parse_signal>, all},
    OptionRow{"sockets-per-node", '\0', required, ignore, all},
    OptionRow{"spread-job", '\0', none, ignore, all},
    OptionRow{"switches", '\0', required, ignore, all},
    OptionRow{"test-only", '\0', none, set_flag<&O::tests_only, true>, batch | run},
    OptionRow{"thread-spec", '\0', required, ignore, all},
    OptionRow{"threads-per-core", '\0', required, ignore, all},
    OptionRow{"time", 't', required, set_parsed<&O::time, parse_time_limit>, all},
    OptionRow{"time-min", '\0', required, set_parsed<&O::time_min, parse_time_limit>, all},
    OptionRow{"tmp", '\0', required, ignore, all},
    OptionRow{"uid", '\0', required, refuse, all},
    OptionRow{"umask", '\0', required, ignore, batch},
    OptionRow{"unbuffered", 'u', none, ignore, run},
    OptionRow{"usage", '\0', none, set_flag<&O::wants_usage, true>, all},
    OptionRow{"use-min-nodes", '\0', none, ignore, all},
    OptionRow{"verbose", 'v', none, add_verbosity, all},
    OptionRow{"version", 'V', none, set_flag<&O::wants_version, true>, all},
    OptionRow{"wait", 'W', none, set_flag<&O::waits, true>, batch},
    OptionRow{"wait-all-nodes", '\0', required, ignore, batch | alloc},
    OptionRow{"wckey", '\0', required, ignore, all},
    OptionRow{"wrap", '\0', required, set_text<&O::wrap>, batch},
    OptionRow{"x11", '\0', optional, ignore, run | alloc},
};

static_assert(std::is_sorted(rows.begin(), rows.end(),
                             [](const OptionRow& one, const OptionRow& other) {
                               return one.name < other.name;
                             }));

}  // namespace

std::span<const OptionRow> option_rows() { return rows; }

std::string_view name_of(Tool tool) {
  constexpr std::array<std::string_view, 3> names{"sbatch", "srun", "salloc"};
  return names[static_cast<std::size_t>(tool)];
}

Parsed<void> set_option(SbatchOptions& options, std::string_view name, std::string_view value) {
  const auto found = std::lower_bound(
      rows.begin(), rows.end(), name,
      [](const OptionRow& row, std::string_view wanted) { return row.name < wanted; });
  if (found == rows.end() || found->name != name)
    return OptionProblem{fmt::format("unrecognized option '--{}'", name)};
  return found->set(options, found->name, value);
}

}  // namespace orrery::sbatch
