#include <array>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <boost/beast/core/string.hpp>

#include "http/aicenter/sbatch/values.hpp"
#include "http/aicenter/sbatch/words.hpp"

namespace orrery::sbatch {

namespace {

constexpr std::uint16_t all_mails = job_mail_type::begin | job_mail_type::end |
                                    job_mail_type::fail | job_mail_type::requeue |
                                    job_mail_type::invalid_dependency;

struct MailWord {
  std::string_view name;
  std::uint16_t types;
};
/// In the order in which they are shown.
constexpr std::array mail_words{
    MailWord{"BEGIN", job_mail_type::begin},
    MailWord{"END", job_mail_type::end},
    MailWord{"FAIL", job_mail_type::fail},
    MailWord{"REQUEUE", job_mail_type::requeue},
    MailWord{"TIME_LIMIT", job_mail_type::time_limit},
    MailWord{"TIME_LIMIT_90", job_mail_type::time_limit_90},
    MailWord{"TIME_LIMIT_80", job_mail_type::time_limit_80},
    MailWord{"TIME_LIMIT_50", job_mail_type::time_limit_50},
    MailWord{"INVALID_DEPEND", job_mail_type::invalid_dependency},
    MailWord{"ARRAY_TASKS", job_mail_type::array_tasks},
    MailWord{"IDLE", job_mail_type::idle},
    // There are no burst buffers.
    MailWord{"STAGE_OUT", 0},
    MailWord{"ALL", all_mails},
};

constexpr std::array<std::pair<std::string_view, std::uint32_t>, 15> signals{{{"HUP", 1},
                                                                              {"INT", 2},
                                                                              {"QUIT", 3},
                                                                              {"ABRT", 6},
                                                                              {"KILL", 9},
                                                                              {"ALRM", 14},
                                                                              {"TERM", 15},
                                                                              {"USR1", 10},
                                                                              {"USR2", 12},
                                                                              {"URG", 23},
                                                                              {"CONT", 18},
                                                                              {"STOP", 19},
                                                                              {"TSTP", 20},
                                                                              {"TTIN", 21},
                                                                              {"TTOU", 22}}};

constexpr std::uint32_t signal_before_end_s = 60;

}  // namespace

std::optional<std::uint16_t> parse_mail_type(std::string_view text) {
  if (boost::beast::iequals(text, "NONE")) return 0;
  std::uint16_t types = 0;
  for (const auto part : split(text, ',')) {
    bool is_known = false;
    for (const auto& word : mail_words)
      if (boost::beast::iequals(word.name, part)) {
        types = static_cast<std::uint16_t>(types | word.types);
        is_known = true;
      }
    if (!is_known) return std::nullopt;
  }
  // Whoever hears of its end hears that its GPUs are idle, which leads there.
  constexpr std::uint16_t ends = job_mail_type::end | job_mail_type::fail;
  if ((types & ends) != 0) types = static_cast<std::uint16_t>(types | job_mail_type::idle);
  return types;
}

std::string mail_type_text(std::uint16_t types) {
  std::string text;
  for (const auto& word : mail_words) {
    if (word.types == 0 || word.types == all_mails || (types & word.types) == 0) continue;
    if (word.types == job_mail_type::idle) continue;  // It follows from the others.
    if (!text.empty()) text += ',';
    text += word.name;
  }
  return text.empty() ? "NONE" : text;
}

std::optional<std::uint32_t> parse_signal_number(std::string_view text) {
  if (text.size() > 3 && boost::beast::iequals(text.substr(0, 3), "SIG")) text.remove_prefix(3);
  for (const auto& [name, number] : signals)
    if (boost::beast::iequals(name, text)) return number;
  const auto number = parse_number<std::uint32_t>(text);
  return number && *number >= 1 && *number <= 64 ? number : std::nullopt;
}

std::optional<JobSignal> parse_signal(std::string_view text) {
  JobSignal signal;
  if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    const auto flags = text.substr(0, colon);
    if (flags.find_first_not_of("RB") != std::string_view::npos) return std::nullopt;
    signal.to_script_only = flags.find('B') != std::string_view::npos;
    text.remove_prefix(colon + 1);
  }
  const auto at = text.find('@');
  const auto number = parse_signal_number(text.substr(0, at));
  const auto before = at == std::string_view::npos
                          ? std::optional(signal_before_end_s)
                          : parse_number<std::uint32_t>(text.substr(at + 1));
  if (!number || !before || *before > 65'535) return std::nullopt;
  signal.number = *number;
  signal.before_end_s = *before;
  return signal;
}

}  // namespace orrery::sbatch
