#include "actors/webhook/webhook.hpp"

#include <catch2/catch.hpp>

#include "tests/support/given.hpp"
#include "tests/support/state_table.hpp"

using namespace orrery;

namespace {

const WebhookRegistered registration{
    "https://example.org/hook", {{"vm/"}, {}, {}}, {"webhook-1", "box"}, 41};
const WebhookDeadLettered letter{42, 9, 503, "unavailable"};

Given<Webhook> registered() { return given<Webhook>({registration}); }
Given<Webhook> with_letter() { return registered().then({letter}); }

}  // namespace

TEST_CASE("a webhook has a URL and is registered once") {
  CHECK(given<Webhook>({}).when(Webhook::Register{registration}).value() ==
        decided<Webhook>({registration}));
  CHECK(given<Webhook>({}).when(Webhook::Register{{"", {}, {}, 0}}).error() ==
        Webhook::Rejection::url_must_not_be_empty);
  auto other = registration;
  other.url = "https://example.org/other";
  CHECK(registered().when(Webhook::Register{other}).error() ==
        Webhook::Rejection::webhook_exists_already);
  CHECK(given<Webhook>({}).when(Webhook::Resume{}).error() ==
        Webhook::Rejection::webhook_does_not_exist);
}

TEST_CASE("a registration or rotation that comes again is the same one") {
  auto again = registration;
  again.after = 99;  // The log has grown meanwhile.
  CHECK(registered().when(Webhook::Register{again}).value().empty());
  CHECK(registered().when(Webhook::RotateSecret{registration.secret}).value().empty());
}

TEST_CASE("an event is a dead letter once, until it is resolved") {
  CHECK(registered().when(Webhook::NoteDeadLetter{letter}).value() == decided<Webhook>({letter}));
  CHECK(with_letter().when(Webhook::NoteDeadLetter{letter}).value().empty());
  CHECK(registered().when(Webhook::ResolveDeadLetter{{42, DeadLetterOutcome::dropped}}).error() ==
        Webhook::Rejection::dead_letter_does_not_exist);
  CHECK(with_letter().then({WebhookDeadLetterResolved{42, {}}}).state == registered().state);
}

TEST_CASE("there is an end to dead letters") {
  auto full = registered();
  for (std::uint64_t position = 1; position <= Webhook::dead_letter_count_max; ++position)
    full = full.then({WebhookDeadLettered{position, 9, 0, "refused"}});
  CHECK(full.when(Webhook::NoteDeadLetter{{1'000, 9, 0, "refused"}}).error() ==
        Webhook::Rejection::too_many_dead_letters);
}

TEST_CASE("every state of a webhook answers every command as the table says", "[golden]") {
  check_state_table<Webhook>({
      {{"absent", Webhook::Absent{}},
       {"registered", registered().state},
       {"paused", registered().then({WebhookPaused{"x"}}).state},
       {"with a dead letter", with_letter().state},
       {"deleted", registered().then({WebhookDeleted{}}).state}},
      {{"register", Webhook::Register{registration}},
       {"rotate the secret", Webhook::RotateSecret{{"webhook-1", "other"}}},
       {"pause", Webhook::Pause{"x"}},
       {"resume", Webhook::Resume{}},
       {"note the dead letter", Webhook::NoteDeadLetter{letter}},
       {"resolve it", Webhook::ResolveDeadLetter{{42, DeadLetterOutcome::delivered}}},
       {"delete", Webhook::Delete{}}},
  });
}
