#include "drivers/slurm/port/slurm_words.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>
#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/replace.hpp>

namespace orrery {
namespace {

using namespace std::string_view_literals;

/// Those of a node on which nothing of a job is left. One that is powered down isn't among them:
/// a job wakes it.
constexpr std::array down_words{"DOWN"sv, "FUTURE"sv};

/// Those of a node that gets no job of ours, though others may run there. A controller that has
/// just started knows nothing of its nodes, on which everything goes on.
constexpr std::array drain_words{"DRAIN"sv,         "DRAINED"sv,     "DRAINING"sv,
                                 "MAINT"sv,         "MAINTENANCE"sv, "RESERVED"sv,
                                 "FAIL"sv,          "FAILING"sv,     "NOT_RESPONDING"sv,
                                 "NO_RESPOND"sv,    "REBOOT"sv,      "REBOOT_REQUESTED"sv,
                                 "REBOOT_ISSUED"sv, "POWER_DOWN"sv,  "POWERING_DOWN"sv,
                                 "INVALID_REG"sv,   "BLOCKED"sv,     "UNKNOWN"sv};

/// Beside whatever is a limit of each job.
constexpr std::array blocking_reasons{"PartitionTimeLimit"sv, "BadConstraints"sv,
                                      "AccountNotAllowed"sv,  "QOSNotAllowed"sv,
                                      "InvalidAccount"sv,     "InvalidQOS"sv};

/// Of "a100:4" or "4", which may be followed by "(…)".
SlurmGpus gpus_of(std::string_view text) {
  text = text.substr(0, text.find('('));
  SlurmGpus gpus;
  if (const auto colon = text.rfind(':'); colon != text.npos) {
    gpus.type = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  gpus.count = static_cast<std::uint32_t>(whole_number(text).value_or(0));
  return gpus;
}

/// At commas outside of brackets: "gpu:a100:2(IDX:0,3),gpu:a40:1" has two parts.
std::vector<std::string_view> split_gres(std::string_view text) {
  std::vector<std::string_view> parts;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t at = 0; at <= text.size(); ++at) {
    if (at < text.size() && text[at] == '(') ++depth;
    if (at < text.size() && text[at] == ')') --depth;
    if (at < text.size() && (text[at] != ',' || depth > 0)) continue;
    if (at > begin) parts.push_back(text.substr(begin, at - begin));
    begin = at + 1;
  }
  return parts;
}

}  // namespace

SlurmJobState slurm_job_state(std::string_view word) {
  auto state = SlurmJobState::other;
  boost::describe::enum_from_string(boost::algorithm::to_lower_copy(std::string(word)).c_str(),
                                    state);
  return state;
}

std::vector<SlurmGpus> slurm_gpus(std::string_view gres) {
  constexpr std::string_view gpu = "gpu:";
  std::vector<SlurmGpus> all;
  for (auto part : split_gres(gres)) {
    if (!part.starts_with(gpu)) continue;
    // Where there is no type, use is written as that of "(null)".
    auto rest = part.substr(gpu.size());
    if (rest.starts_with("(null):")) rest.remove_prefix("(null):"sv.size());
    const auto more = gpus_of(rest);
    const auto same = std::ranges::find(all, more.type, &SlurmGpus::type);
    if (same == all.end())
      all.push_back(more);
    else
      same->count += more.count;
  }
  return all;
}

void count_gpus(SlurmNode& node, std::string_view gres, std::string_view used) {
  const auto there = slurm_gpus(gres);
  const auto most = std::ranges::max_element(there, {}, &SlurmGpus::count);
  if (most == there.end()) return;
  node.gpu_type = most->type;
  node.gpu_count = most->count;
  for (const auto& gpus : slurm_gpus(used))
    if (gpus.type == node.gpu_type) node.gpus_used += gpus.count;
}

void note_node_state(SlurmNode& node, std::string_view word) {
  auto name = boost::algorithm::to_upper_copy(std::string(word));
  // Marks at its end stand for flags; "*": it doesn't answer.
  const auto end = name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
  if (end != std::string::npos) {
    if (name.find('*', end) != std::string::npos) node.is_drained = true;
    name.resize(end);
  }
  const auto is_name = [&](std::string_view other) { return other == name; };
  if (std::ranges::any_of(down_words, is_name)) node.is_down = true;
  if (std::ranges::any_of(drain_words, is_name)) node.is_drained = true;
}

bool awaits_nodes(std::string_view reason) {
  return reason.starts_with("ReqNodeNotAvail") || reason == "PartitionNodeLimit" ||
         reason.starts_with("Nodes required for job are DOWN");
}

bool awaits_room(std::string_view reason) { return reason == "Resources" || reason == "Priority"; }

bool is_blocked_for_good(std::string_view reason) {
  const auto name = reason.substr(0, reason.find(','));
  return std::ranges::find(blocking_reasons, name) != blocking_reasons.end() ||
         name.ends_with("PerJob") || name.ends_with("PerJobLimit");
}

std::string gres_of(const SlurmOrder& order) {
  if (order.gpus_per_node == 0) return "";
  return order.gpu_type.empty() ? fmt::format("gpu:{}", order.gpus_per_node)
                                : fmt::format("gpu:{}:{}", order.gpu_type, order.gpus_per_node);
}

std::string literal_path(std::string_view path) {
  return boost::algorithm::replace_all_copy(std::string(path), "%", "%%");
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || error != std::errc() || stop != end) return std::nullopt;
  return number;
}

std::vector<std::string_view> split_text(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  if (text.empty()) return parts;
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find(separator, at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

}  // namespace orrery
