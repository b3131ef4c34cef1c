#include "cli/claim_call.hpp"

#include <algorithm>
#include <array>
#include <iostream>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "drivers/runs/process_table.hpp"
#include "drivers/slurm/claim/guard.hpp"
#include "http/auth/id_source.hpp"

namespace orrery {
namespace {

using Answer = ClaimOutcome::Answer;
using Milliseconds = std::chrono::milliseconds;
using Moment = std::chrono::steady_clock::time_point;

/// Of one try.
constexpr Milliseconds answer_timeout{20'000};
/// Within which an answer to what was sent is awaited once the job is told to end: Slurm kills it
/// after KillWait, which is 30 s by default.
constexpr Milliseconds farewell_timeout{5'000};
constexpr Milliseconds hint_timeout{2'000};
/// Between two looks for a signal.
constexpr Milliseconds look_interval{50};
constexpr Milliseconds pause_min{200};
constexpr Milliseconds pause_max{10'000};

/// Between a half and the whole of it, so that a thousand jobs don't ask as one.
Milliseconds jittered(Milliseconds pause) {
  std::array<std::uint8_t, 2> drawn{};
  SystemIdSource().fill(drawn);
  const auto part = (drawn[0] << 8 | drawn[1]) % (pause.count() / 2 + 1);
  return pause / 2 + Milliseconds(part);
}

Milliseconds time_until(Moment moment) {
  return std::max(std::chrono::ceil<Milliseconds>(moment - std::chrono::steady_clock::now()),
                  Milliseconds(0));
}

boost::json::value json_of(const std::string& text) {
  boost::json::error_code failure;
  auto json = boost::json::parse(text, failure);
  return failure ? boost::json::value() : json;
}

/// The problem's code, where it is a word: nothing else of an answer is shown to anybody.
std::string code_of(const HttpOutcome& answer) {
  const auto json = json_of(answer.body);
  const auto* code = json.is_object() ? json.as_object().if_contains("code") : nullptr;
  if (code == nullptr || !code->is_string()) return fmt::format("status {}", answer.status);
  const std::string_view word = code->as_string();
  constexpr std::size_t word_bytes_max = 60;
  const bool is_word = word.size() <= word_bytes_max && std::ranges::all_of(word, [](char c) {
                         return (c >= 'a' && c <= 'z') || c == '_';
                       });
  return is_word ? fmt::format("{}, status {}", word, answer.status)
                 : fmt::format("status {}", answer.status);
}

/// Anybody can say 200: somebody's proxy, too.
bool grants(const HttpOutcome& answer, const ClaimOrder& order) {
  const auto json = json_of(answer.body);
  if (!json.is_object()) return false;
  const auto* run = json.as_object().if_contains("run");
  const auto* attempt = json.as_object().if_contains("attempt");
  return run != nullptr && attempt != nullptr && *run == boost::json::value(order.run) &&
         *attempt == boost::json::value(order.attempt);
}

bool says_later(unsigned status) {
  return status == 0 || status == 408 || status == 429 || status >= 500;
}

}  // namespace

ClaimOutcome ClaimCall::ask(const Claimant& claimant, Milliseconds patience) {
  const auto body =
      boost::json::serialize(boost::json::object{{"run", order_.run},
                                                 {"attempt", order_.attempt},
                                                 {"slurm_job_id", claimant.slurm_job_id},
                                                 {"claimant", claimant.name},
                                                 {"host", claimant.host}});
  const auto deadline = std::chrono::steady_clock::now() + patience;
  std::string reason;
  for (auto pause = pause_min;; pause = std::min(2 * pause, pause_max)) {
    const auto answer = post(body, std::clamp(time_until(deadline), pause_min, answer_timeout));
    if (const auto outcome = judge(answer)) return *outcome;
    auto why = answer.status == 0 ? answer.failure : code_of(answer);
    if (why != reason && !is_told_to_end_)
      std::cerr << fmt::format("orrery claim: no answer yet from {}: {}\n", order_.server_url, why);
    reason = std::move(why);
    const auto rest = time_until(deadline);
    if (is_told_to_end_ || rest.count() == 0) break;
    const auto asked = std::min<Milliseconds>(answer.retry_after, pause_max);
    wait_until_readable(signals_.get(), std::min(rest, std::max(jittered(pause), asked)));
    is_told_to_end_ = is_told_to_end(signals_);
    if (is_told_to_end_) break;
  }
  return {Answer::unanswered, is_told_to_end_, reason};
}

/// Final answers alone.
std::optional<ClaimOutcome> ClaimCall::judge(const HttpOutcome& answer) const {
  if (says_later(answer.status)) return std::nullopt;
  if (answer.status == 200 && grants(answer, order_))
    return ClaimOutcome{Answer::granted, is_told_to_end_, {}};
  return ClaimOutcome{Answer::refused, is_told_to_end_, code_of(answer)};
}

HttpOutcome ClaimCall::post(const std::string& body, Milliseconds timeout) {
  HttpTransfers transfers("");
  HttpTransfer transfer{"POST", url("/orrery/v1/slurm/claims")};
  transfer.authorization = "Bearer " + order_.secret;
  transfer.body = body;
  transfer.timeout = timeout;
  HttpOutcome outcome;
  bool has_ended = false;
  transfers.begin(std::move(transfer), [&](HttpOutcome answer) {
    outcome = std::move(answer);
    has_ended = true;
  });
  auto give_up = Moment::max();
  while (!has_ended && std::chrono::steady_clock::now() < give_up) {
    transfers.wait(look_interval);
    if (is_told_to_end_ || !is_told_to_end(signals_)) continue;
    is_told_to_end_ = true;
    give_up = std::chrono::steady_clock::now() + farewell_timeout;
  }
  if (!has_ended) outcome.failure = "no answer before it was told to end";
  return outcome;
}

void ClaimCall::hint() const {
  HttpTransfer transfer{"POST", url("/orrery/v1/slurm/hints")};
  transfer.body = "{}";
  transfer.timeout = hint_timeout;
  transfer_now(transfer, "");
}

std::string ClaimCall::url(std::string_view path) const {
  std::string_view server = order_.server_url;
  while (server.ends_with('/')) server.remove_suffix(1);
  return fmt::format("{}{}", server, path);
}

}  // namespace orrery
