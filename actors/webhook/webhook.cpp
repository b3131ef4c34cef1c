#include "actors/webhook/webhook.hpp"

#include <algorithm>

namespace orrery {

using Answer = Decision<Webhook::Event, Webhook::Rejection>;

namespace {

auto letter_at(auto& hook, std::uint64_t position) {
  return std::ranges::find(hook.dead_letters, position, &WebhookDeadLettered::position);
}

/// A retry draws the same secret, but the log has grown meanwhile.
bool is_same(const WebhookRegistered& left, const WebhookRegistered& right) {
  return left.url == right.url && left.filter == right.filter && left.secret == right.secret;
}

Answer decide_note(const Webhook::Registered& hook, const WebhookDeadLettered& letter) {
  if (letter_at(hook, letter.position) != hook.dead_letters.end()) return nothing_happens<Answer>();
  if (hook.dead_letters.size() >= Webhook::dead_letter_count_max)
    return Webhook::Rejection::too_many_dead_letters;
  return happens<Answer>(letter);
}

Answer decide_resolve(const Webhook::Registered& hook, const WebhookDeadLetterResolved& resolved) {
  if (letter_at(hook, resolved.position) == hook.dead_letters.end())
    return Webhook::Rejection::dead_letter_does_not_exist;
  return happens<Answer>(resolved);
}

}  // namespace

Answer Webhook::decide(const State& state, const Command& command) {
  return std::visit(
      Match{
          [](const Absent&, const Register& registration) -> Answer {
            if (registration.webhook.url.empty()) return Rejection::url_must_not_be_empty;
            return happens<Answer>(registration.webhook);
          },
          [](const Registered& hook, const Register& registration) -> Answer {
            if (is_same(hook.webhook, registration.webhook)) return nothing_happens<Answer>();
            return Rejection::webhook_exists_already;
          },
          [](const Registered& hook, const RotateSecret& rotation) -> Answer {
            if (hook.webhook.secret == rotation.secret) return nothing_happens<Answer>();
            return happens<Answer>(WebhookSecretRotated{rotation.secret});
          },
          [](const Registered& hook, const Pause& pause) -> Answer {
            if (hook.paused) return nothing_happens<Answer>();
            return happens<Answer>(WebhookPaused{pause.reason});
          },
          [](const Registered& hook, const Resume&) -> Answer {
            if (!hook.paused) return nothing_happens<Answer>();
            return happens<Answer>(WebhookResumed{});
          },
          [](const Registered& hook, const NoteDeadLetter& note) {
            return decide_note(hook, note.letter);
          },
          [](const Registered& hook, const ResolveDeadLetter& resolve) {
            return decide_resolve(hook, resolve.resolution);
          },
          [](const Registered&, const Delete&) -> Answer {
            return happens<Answer>(WebhookDeleted{});
          },
          [](const Deleted&, const Delete&) { return nothing_happens<Answer>(); },
          [](const auto&, const auto&) -> Answer { return Rejection::webhook_does_not_exist; },
      },
      state, command);
}

Webhook::State Webhook::evolve(State state, const Event& event) {
  const auto hook = [&]() -> Registered& { return std::get<Registered>(state); };
  std::visit(
      Match{
          [&](const WebhookRegistered& webhook) { state = Registered{webhook}; },
          [&](const WebhookSecretRotated& rotated) { hook().webhook.secret = rotated.secret; },
          [&](const WebhookPaused&) { hook().paused = true; },
          [&](const WebhookResumed&) { hook().paused = false; },
          [&](const WebhookDeadLettered& letter) { hook().dead_letters.push_back(letter); },
          [&](const WebhookDeadLetterResolved& resolved) {
            std::erase_if(hook().dead_letters,
                          [&](const auto& letter) { return letter.position == resolved.position; });
          },
          [&](const WebhookDeleted&) { state = Deleted{}; },
      },
      event);
  return state;
}

}  // namespace orrery
