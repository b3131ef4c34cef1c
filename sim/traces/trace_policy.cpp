#include "sim/traces/trace_policy.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>

namespace orrery {
namespace {

constexpr std::string_view known_words =
    "a policy is one of fifo, sjf, fairshare; backfill; one of pack, spread; any of these joined "
    "by +, such as sjf+backfill+spread";

/// What the words of a policy have said so far.
struct Said {
  std::optional<TraceOrder> order;
  std::optional<PlacementStrategy> strategy;
  bool backfills = false;

  /// False where the word is none, or says what was said already.
  bool add(const std::string& word) {
    TraceOrder named_order{};
    if (boost::describe::enum_from_string(word.c_str(), named_order))
      return !std::exchange(order, named_order);
    PlacementStrategy named_strategy{};
    if (boost::describe::enum_from_string(word.c_str(), named_strategy))
      return !std::exchange(strategy, named_strategy);
    return word == "backfill" && !std::exchange(backfills, true);
  }
};

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> words;
  boost::split(words, text, [separator](char c) { return c == separator; });
  return words;
}

}  // namespace

std::string name_of(const TracePolicy& policy) {
  return fmt::format("{}{}+{}", boost::describe::enum_to_string(policy.order, "?"),
                     policy.backfills ? "+backfill" : "",
                     boost::describe::enum_to_string(policy.strategy, "?"));
}

boost::system::result<TracePolicy, std::string> parse_trace_policy(std::string_view text) {
  Said said;
  for (const auto& word : split(text, '+'))
    if (!said.add(word)) return fmt::format("\"{}\" in \"{}\": {}", word, text, known_words);
  return TracePolicy{said.order.value_or(TraceOrder::fifo), said.backfills,
                     said.strategy.value_or(PlacementStrategy::pack)};
}

boost::system::result<std::vector<TracePolicy>, std::string> parse_trace_policies(
    std::string_view text) {
  std::vector<TracePolicy> policies;
  for (const auto& one : split(text, ',')) {
    const auto policy = parse_trace_policy(one);
    if (!policy) return policy.error();
    if (std::find(policies.begin(), policies.end(), *policy) != policies.end())
      return fmt::format("{} is named twice in \"{}\"", name_of(*policy), text);
    policies.push_back(*policy);
  }
  return policies;
}

}  // namespace orrery
