#include "http/webhooks/webhook_round.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "actors/webhook/webhook.hpp"
#include "events/stream_name.hpp"
#include "http/auth/id_source.hpp"
#include "storage/clock.hpp"
#include "storage/subject_keys.hpp"

namespace orrery {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

/// Without anything due: somebody wakes the thread when there is.
constexpr milliseconds rest = 60s;
/// While the log takes no commands.
constexpr milliseconds log_pause = 1s;
/// Events that weren't wanted and are looked through again after a kill, at most.
constexpr Position unsaved_max = 10'000;

std::string checkpoint_of(std::string_view id) { return stream_name("webhook", id); }

WebhookAnswer answer_of(HttpOutcome outcome) {
  return {outcome.status, std::move(outcome.failure), outcome.retry_after};
}

std::string reason_of(const WebhookAnswer& answer) {
  return answer.status == 0 ? answer.failure : fmt::format("the answer was {}", answer.status);
}

}  // namespace

WebhookRound::WebhookRound(const WebhookDelivery::Parts& parts,
                           const WebhookDeliverySettings& settings, CommandGateway& gateway,
                           WebhookBoard& board, Report report)
    : parts_(parts),
      settings_(settings),
      gateway_(gateway),
      board_(board),
      report_(std::move(report)),
      tenants_(*parts.log),
      transfers_(settings.ca_file) {}

WebhookRound::~WebhookRound() {
  for (auto& [id, hook] : hooks_) save(hook);
}

void WebhookRound::refresh() {
  std::set<std::string, std::less<>> alive;
  for (const auto& details : parts_.webhooks->list()) {
    alive.insert(details->id);
    const auto known = hooks_.find(details->id);
    if (known == hooks_.end())
      hooks_.emplace(details->id, begin(details));
    else if (known->second.details->version != details->version)
      change(known->second, details);
  }
  std::erase_if(hooks_, [&](auto& entry) {
    if (alive.contains(entry.first)) return false;
    transfers_.cancel(entry.second.transfer);
    return true;
  });
  const std::scoped_lock lock(board_.mutex);
  std::erase_if(board_.progress, [&](const auto& entry) { return !alive.contains(entry.first); });
}

WebhookRound::Hook WebhookRound::begin(const WebhookView::Hook& details) {
  const auto& webhook = details->webhook;
  const auto saved = parts_.log->checkpoint(checkpoint_of(details->id));
  // A log that was recovered with a loss ends before what was delivered: what takes its place is
  // new.
  const auto after = std::min(std::max(saved, webhook.after), parts_.log->head());
  return {details,
          WebhookAddress::of_stored(webhook.url),
          EventSelection(webhook.filter, &tenants_),
          WebhookCourier(after, settings_.patience),
          saved,
          0,
          {}};
}

void WebhookRound::change(Hook& hook, const WebhookView::Hook& details) {
  const bool is_resumed = hook.details->paused && !details->paused;
  hook.details = details;
  // What is on its way or being decided says itself how it goes on: two at once would lose events.
  if (is_resumed && !hook.courier.is_busy()) hook.courier.restart();
}

milliseconds WebhookRound::turn(Position head) {
  head_ = head;
  const auto now = std::chrono::steady_clock::now();
  auto wait = rest;
  std::uint64_t failing = 0, behind_max = 0;
  for (auto& [id, hook] : hooks_) {
    auto& courier = hook.courier;
    if (!hook.details->paused && courier.cursor() < head) {
      if (courier.is_due(now)) send(hook, head, now);
      if (!courier.is_busy() && courier.cursor() < head)
        wait =
            std::min(wait, std::max(0ms, std::chrono::ceil<milliseconds>(courier.due_at() - now)));
      behind_max = std::max(behind_max, head - courier.cursor());
    }
    failing += courier.attempt_count() > 0 ? 1 : 0;
    show(hook, head);
  }
  board_.failing = failing;
  board_.behind_max = behind_max;
  return wait;
}

void WebhookRound::send(Hook& hook, Position head, Instant now) {
  auto& courier = hook.courier;
  const auto batch_count = hook.address.batch_count;
  auto parcel = gather_parcel(*parts_.log,
                              {hook.details->id, hook.selection, courier.cursor(), head,
                               courier.count_max(batch_count), batch_count > 0, settings_.source});
  if (!parcel) {
    if (parts_.warn)
      parts_.warn(fmt::format("a webhook cannot be sent position {}: {}", parcel.error().position,
                              parcel.error().message));
    return courier.postpone(now + settings_.patience.pause_max);
  }
  const auto secrets = secrets_of(*hook.details);
  if (secrets.empty()) {  // Nothing leaves unsigned.
    if (parts_.warn)
      parts_.warn(fmt::format("webhook {} waits: its secret can't be read", hook.details->id));
    return courier.postpone(now + settings_.patience.pause_max);
  }
  if (parcel->is_empty()) {
    courier.skip_to(parcel->seen);
    if (courier.cursor() >= head || courier.cursor() >= hook.saved + unsaved_max) save(hook);
    return;
  }
  courier.begin(parcel->seen);
  hook.sent = {parcel->seen, parcel->first, parcel->last, parcel->count, {}};
  hook.transfer = transfers_.begin(
      transfer_of(hook, *std::move(parcel), secrets),
      [this, id = hook.details->id](HttpOutcome outcome) { on_answer(id, answer_of(outcome)); });
}

HttpTransfer WebhookRound::transfer_of(const Hook& hook, WebhookParcel parcel,
                                       std::span<const std::string> secrets) const {
  const auto now = std::chrono::floor<std::chrono::seconds>(parts_.clock->now());
  auto transfer =
      webhook_transfer(hook.address, std::move(parcel), secrets, now.time_since_epoch().count());
  transfer.timeout = settings_.timeout;
  transfer.reach = settings_.reach;
  return transfer;
}

/// The newest first.
std::vector<std::string> WebhookRound::secrets_of(const WebhookDetails& details) const {
  std::vector<std::string> secrets;
  if (auto secret = parts_.subject_keys->open(details.webhook.secret))
    secrets.push_back(*std::move(secret));
  const bool is_old_alive =
      !details.previous_secret.subject.empty() &&
      parts_.clock->now() < details.rotated_at + settings_.old_secret_lifespan;
  if (is_old_alive)
    if (auto secret = parts_.subject_keys->open(details.previous_secret))
      secrets.push_back(*std::move(secret));
  return secrets;
}

void WebhookRound::on_answer(const std::string& id, WebhookAnswer answer) {
  const auto found = hooks_.find(id);
  if (found == hooks_.end()) return;
  auto& hook = found->second;
  hook.transfer = 0;
  if (!answer.is_taken()) ++board_.failed;
  switch (hook.courier.end(std::move(answer), std::chrono::steady_clock::now(), chance())) {
    case WebhookCourier::Next::go_on:
      board_.delivered += hook.sent.count;
      save(hook);
      break;
    case WebhookCourier::Next::wait:
      break;
    case WebhookCourier::Next::bury:
      bury(hook);
      break;
    case WebhookCourier::Next::pause:
      pause(hook, "the receiver is gone for good: it answered 410");
      break;
  }
}

void WebhookRound::bury(const Hook& hook) {
  const auto& answer = hook.courier.last_answer();
  WebhookDeadLettered letter{hook.sent.first, hook.courier.attempt_count(), answer.status,
                             reason_of(answer)};
  command(hook, hook.sent.first, Webhook::NoteDeadLetter{std::move(letter)});
}

void WebhookRound::pause(const Hook& hook, std::string reason) {
  if (parts_.warn) parts_.warn(fmt::format("webhook {} is paused: {}", hook.details->id, reason));
  command(hook, 0, Webhook::Pause{std::move(reason)});
}

template <class C>
void WebhookRound::command(const Hook& hook, Position position, C command) {
  using Result = boost::system::result<Outcome<Webhook>, Unavailable>;
  const Origin origin{"driver/webhooks", hook.sent.first, {}};
  gateway_.submit<Webhook>(
      {hook.details->id, std::move(command), origin, {}},
      [report = report_, decided = Decided{hook.details->id, position}](const Result& outcome) {
        auto told = decided;
        if (!outcome)
          told.verdict = Decided::Verdict::unavailable;
        else if (outcome->rejection)
          told.verdict = Decided::Verdict::refused;
        report(std::move(told));
      });
}

void WebhookRound::take(const Decided& decided) {
  const auto found = hooks_.find(decided.webhook_id);
  if (found == hooks_.end()) return;
  auto& hook = found->second;
  const auto now = std::chrono::steady_clock::now();
  switch (decided.verdict) {
    case Decided::Verdict::unavailable:
      return hook.courier.postpone(now + log_pause);
    case Decided::Verdict::refused:
      if (decided.position == 0) return hook.courier.postpone(now + settings_.patience.pause_max);
      return pause(hook, fmt::format("{} events couldn't be delivered: resolve these dead letters, "
                                     "then resume",
                                     Webhook::dead_letter_count_max));
    case Decided::Verdict::accepted:
      break;
  }
  if (decided.position == 0) return hook.courier.restart();
  ++board_.dead_letters;
  hook.courier.give_up(decided.position);
  save(hook);
}

void WebhookRound::redeliver(const std::string& webhook_id, Position position,
                             std::function<void(const WebhookAnswer&)> done) {
  const auto found = hooks_.find(webhook_id);
  if (found == hooks_.end()) return done({0, "it was deleted meanwhile", {}});
  const auto& hook = found->second;
  const EventSelection all;
  auto parcel = gather_parcel(
      *parts_.log,
      {{}, all, position - 1, position, 1, hook.address.batch_count > 0, settings_.source});
  if (!parcel || parcel->is_empty()) return done({0, "the log has no such event", {}});
  const auto secrets = secrets_of(*hook.details);
  if (secrets.empty()) return done({0, "its secret can't be read", {}});
  transfers_.begin(transfer_of(hook, *std::move(parcel), secrets),
                   [done = std::move(done)](HttpOutcome outcome) { done(answer_of(outcome)); });
}

void WebhookRound::save(Hook& hook) {
  if (hook.courier.cursor() <= hook.saved) return;
  hook.saved = hook.courier.cursor();
  parts_.log->put_checkpoint(checkpoint_of(hook.details->id), hook.saved);
}

void WebhookRound::show(const Hook& hook, Position head) {
  const auto& courier = hook.courier;
  WebhookProgress progress;
  progress.delivered_to = std::min(courier.cursor(), head);
  progress.failed_attempt_count = courier.attempt_count();
  if (courier.attempt_count() > 0) {
    progress.status = courier.last_answer().status;
    progress.failure = courier.last_answer().failure;
    const auto left = courier.due_at() - std::chrono::steady_clock::now();
    if (!courier.is_busy() && left > 0ms)
      progress.next_attempt_at =
          parts_.clock->now() + std::chrono::duration_cast<std::chrono::microseconds>(left);
  }
  const std::scoped_lock lock(board_.mutex);
  board_.progress.insert_or_assign(hook.details->id, std::move(progress));
}

double WebhookRound::chance() const {
  std::array<std::uint8_t, 2> bytes{};
  parts_.ids->fill(bytes);
  return (bytes[0] + 256.0 * bytes[1]) / 65536.0;
}

}  // namespace orrery
