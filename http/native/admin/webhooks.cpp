#include "actors/webhook/webhook.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "events/event_json.hpp"
#include "events/stream_name.hpp"
#include "http/native/admin/admin_body.hpp"
#include "http/native/admin/admin_resources.hpp"
#include "http/native/admin/admin_routes.hpp"
#include "http/native/event_selection.hpp"
#include "http/webhooks/webhook_address.hpp"
#include "http/webhooks/webhook_delivery.hpp"
#include "http/webhooks/webhook_signature.hpp"
#include "projections/webhooks/webhook_view.hpp"
#include "storage/event_log.hpp"
#include "storage/subject_keys.hpp"

namespace orrery::admin {
namespace {

/// Each costs a read of what is committed, and a request at a time.
constexpr std::size_t webhook_count_max = 100;

boost::json::array texts_json(const std::vector<std::string>& texts) {
  return boost::json::array(texts.begin(), texts.end());
}

/// How its deliveries fail; null while they don't.
boost::json::value failing_json(const WebhookProgress& progress) {
  if (progress.failed_attempt_count == 0) return nullptr;
  const bool waits = progress.next_attempt_at != Time{};
  return boost::json::object{
      {"attempts", progress.failed_attempt_count},
      {"status", progress.status == 0 ? boost::json::value(nullptr) : progress.status},
      {"reason", progress.failure.empty() ? fmt::format("the answer was {}", progress.status)
                                          : progress.failure},
      {"next_attempt_at",
       waits ? boost::json::value(rfc3339_seconds(progress.next_attempt_at)) : nullptr}};
}

boost::json::object webhook_json(const Call& call, const WebhookDetails& hook) {
  const auto address = WebhookAddress::of_stored(hook.webhook.url);
  const auto& filter = hook.webhook.filter;
  WebhookProgress progress;
  progress.delivered_to = hook.webhook.after;
  if (const auto* delivery = call->context().webhook_delivery)
    progress = delivery->progress(hook.id).value_or(progress);
  return {{"id", hook.id},
          {"url", address.url},
          {"batch", address.batch_count},
          {"streams", texts_json(filter.streams)},
          {"types", texts_json(filter.types)},
          {"tenants", texts_json(filter.tenants)},
          {"registered_at", rfc3339_seconds(hook.registered_at)},
          {"registered_by", hook.registered_by},
          {"paused", hook.paused},
          {"reason", text_json(hook.pause_reason)},
          {"delivered_to", progress.delivered_to},
          {"failing", failing_json(progress)},
          {"dead_letters", hook.dead_letters.size()}};
}

/// The webhook that the request names; answers, and gives none, where there is none.
WebhookView::Hook found(const Call& call) {
  auto hook = call->context().webhooks->find(call->parameter(0));
  if (!hook) call->not_found("webhook");
  return hook;
}

void show(const Call& call) {
  if (const auto hook = found(call)) call->answer(webhook_json(call, *hook));
}

void list(const Call& call) {
  call->answer(listed(call->context().webhooks->list(),
                      [&](const WebhookView::Hook& hook) { return webhook_json(call, *hook); }));
}

struct Words {
  WebhookAddress address;
  WebhookFilter filter;
  Position after = 0;
};

std::vector<std::string> texts(JsonFields& fields, std::string_view name) {
  const auto read = fields.optional_strings(name, filter_entries_max, filter_entry_bytes_max);
  return read ? std::vector<std::string>(read->begin(), read->end()) : std::vector<std::string>();
}

/// The last position that isn't wanted.
Position read_from(const Call& call, JsonFields& fields) {
  const auto head = call->context().log->head();
  const auto from = fields.optional_string("from", 20).value_or("now");
  if (from == "now") return head;
  Position position = 0;
  const auto parsed = std::from_chars(from.data(), from.data() + from.size(), position);
  const bool is_number = parsed.ec == std::errc() && parsed.ptr == from.data() + from.size();
  if (!is_number || position == 0 || position > head + 1) {
    fields.refuse("from", "must be a position from 1 to the next event's, or \"now\"");
    return head;
  }
  return position - 1;
}

Words read_words(const Call& call, JsonFields& fields) {
  Words words;
  const auto url = fields.required_string("url", WebhookAddress::url_bytes_max);
  const auto batch =
      fields.optional_integer("batch", 0, WebhookAddress::batch_count_max).value_or(0);
  words.filter = {texts(fields, "streams"), texts(fields, "types"), texts(fields, "tenants")};
  words.after = read_from(call, fields);
  if (fields.problem()) return words;
  const auto address = WebhookAddress::read(url, static_cast<std::uint32_t>(batch));
  if (!address)
    fields.refuse("url", address.error().message);
  else
    words.address = *address;
  if (const auto problem = problem_of(words.filter)) {
    const auto colon = problem->find(": ");
    fields.refuse(problem->substr(0, colon), problem->substr(colon + 2));
  }
  return words;
}

/// The secret, sealed; answers, and gives none, where it can't be kept.
std::optional<Sealed> sealed(const Call& call, const std::string& id, const std::string& secret) {
  auto box = call->context().subject_keys->seal(WebhookDelivery::secret_subject(id), secret);
  if (!box) call->refuse(503, "unavailable", "The secret can't be stored now, try again later.");
  return box;
}

/// The only answers that show a secret.
void show_with_secret(const Call& call, const std::string& id, const std::string& secret,
                      unsigned status) {
  const auto hook = call->context().webhooks->find(id);
  if (!hook) return call->not_found("webhook");
  auto json = webhook_json(call, *hook);
  json["secret"] = secret;
  call->answer(json, status);
}

void create(const Call& call) {
  const auto read = [&](JsonFields& fields) { return read_words(call, fields); };
  with_body(call, read, [&](Words words) {
    const auto id = call->ids().uuid();
    const auto secret = draw_webhook_secret(call->ids());
    const auto& webhooks = *call->context().webhooks;
    if (!webhooks.find(id) && webhooks.list().size() >= webhook_count_max)
      return call->refuse(409, "too_many_webhooks",
                          "There are 100 webhooks already: delete one first.");
    auto box = sealed(call, id, secret);
    if (!box) return;
    WebhookRegistered webhook{words.address.stored(), std::move(words.filter), *std::move(box),
                              words.after};
    order<Webhook>(call, id, Webhook::Register{std::move(webhook)},
                   [=] { show_with_secret(call, id, secret, 201); });
  });
}

void rotate_secret(const Call& call) {
  const auto hook = found(call);
  if (!hook) return;
  const auto secret = draw_webhook_secret(call->ids());
  auto box = sealed(call, hook->id, secret);
  if (!box) return;
  order<Webhook>(call, hook->id, Webhook::RotateSecret{*std::move(box)},
                 [call, id = hook->id, secret] { show_with_secret(call, id, secret, 200); });
}

void pause(const Call& call) {
  if (!found(call)) return;
  if (call->request().body.empty())
    return order<Webhook>(call, call->parameter(0), Webhook::Pause{"paused by an operator"},
                          [call] { show(call); });
  const auto read = [](JsonFields& fields) {
    return std::string(
        fields.optional_string("reason", reason_bytes_max).value_or("paused by an operator"));
  };
  with_body(call, read, [&](std::string reason) {
    order<Webhook>(call, call->parameter(0), Webhook::Pause{std::move(reason)},
                   [call] { show(call); });
  });
}

void resume(const Call& call) {
  if (found(call))
    order<Webhook>(call, call->parameter(0), Webhook::Resume{}, [call] { show(call); });
}

bool erase_secrets(const Call& call, const std::string& id) {
  return call->context().subject_keys->erase(WebhookDelivery::secret_subject(id));
}

/// It is gone first, so that nothing is signed any more; then its secrets are. Asked again, it
/// makes sure of these.
void remove(const Call& call) {
  const auto id = call->parameter(0);
  if (!call->context().webhooks->find(id)) {
    erase_secrets(call, id);
    return call->not_found("webhook");
  }
  order<Webhook>(call, id, Webhook::Delete{}, [call, id] {
    if (erase_secrets(call, id)) return call->done();
    call->refuse(503, "unavailable",
                 "The webhook is gone, but its secrets could not be erased: try again.");
  });
}

boost::json::value event_at(const Call& call, Position position) {
  boost::json::value json;
  const auto read = call->context().log->read(position, position, [&](const StoredEvent& stored) {
    json = to_json(record(stored));
    return false;
  });
  return read ? json : nullptr;
}

void list_dead_letters(const Call& call) {
  const auto hook = found(call);
  if (!hook) return;
  call->answer(listed(hook->dead_letters, [&](const DeadLetter& dead) -> boost::json::value {
    const auto& letter = dead.letter;
    return boost::json::object{
        {"position", letter.position},
        {"attempts", letter.attempts},
        {"status", letter.status == 0 ? boost::json::value(nullptr) : letter.status},
        {"reason", letter.reason},
        {"given_up_at", rfc3339_seconds(dead.at)},
        {"event", event_at(call, letter.position)}};
  }));
}

/// The dead letter that the request names; answers, and gives 0, where there is none.
Position found_letter(const Call& call) {
  const auto hook = found(call);
  if (!hook) return 0;
  const auto wanted = call->parameter(1);
  for (const auto& dead : hook->dead_letters)
    if (std::to_string(dead.letter.position) == wanted) return dead.letter.position;
  call->not_found("dead letter");
  return 0;
}

void resolve(const Call& call, Position position, DeadLetterOutcome outcome) {
  order<Webhook>(call, call->parameter(0), Webhook::ResolveDeadLetter{{position, outcome}},
                 [call] { call->done(); });
}

void redeliver(const Call& call) {
  const auto position = found_letter(call);
  if (position == 0) return;
  auto* delivery = call->context().webhook_delivery;
  if (!delivery) return call->refuse(503, "unavailable", "Nothing is delivered here.");
  delivery->redeliver(call->parameter(0), position, [call, position](const WebhookAnswer& answer) {
    if (answer.is_taken()) return resolve(call, position, DeadLetterOutcome::delivered);
    call->refuse(502, "not_delivered",
                 answer.status == 0
                     ? fmt::format("The receiver didn't take it: {}.", answer.failure)
                     : fmt::format("The receiver didn't take it: it answered {}.", answer.status));
  });
}

void drop(const Call& call) {
  if (const auto position = found_letter(call); position != 0)
    resolve(call, position, DeadLetterOutcome::dropped);
}

}  // namespace

void add_webhooks(AdminRoutes& routes) {
  const auto add = [&](Method method, std::string_view rest, AdminAction action,
                       AdminRoutes::Handler handler) {
    routes.add(method, std::string("/orrery/v1/webhooks").append(rest), action, std::move(handler));
  };
  constexpr auto see = AdminAction::see_webhooks;
  constexpr auto change = AdminAction::change_webhooks;
  add(Method::get, "", see, list);
  add(Method::post, "", change, create);
  add(Method::get, "/{webhook_id}", see, show);
  add(Method::delete_, "/{webhook_id}", change, remove);
  add(Method::post, "/{webhook_id}/pause", change, pause);
  add(Method::post, "/{webhook_id}/resume", change, resume);
  add(Method::post, "/{webhook_id}/rotate-secret", change, rotate_secret);
  add(Method::get, "/{webhook_id}/dead-letters", see, list_dead_letters);
  add(Method::post, "/{webhook_id}/dead-letters/{position}/redeliver", change, redeliver);
  add(Method::delete_, "/{webhook_id}/dead-letters/{position}", change, drop);
}

}  // namespace orrery::admin
