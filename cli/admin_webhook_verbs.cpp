#include "cli/admin_arguments.hpp"

namespace orrery::admin_arguments {
namespace {

constexpr auto webhook = in_path("webhook_id", "id of the webhook");
constexpr auto position = in_path("position", "position of the event");

std::vector<AdminVerb> webhooks() {
  return {
      {"webhook",
       "list",
       "all, with how far they have got",
       "GET",
       "/webhooks",
       {},
       {"id", "url", "paused", "delivered_to", "dead_letters", "reason"}},
      {"webhook",
       "create",
       "send events to a server; the secret that signs them is shown this once",
       "POST",
       "/webhooks",
       {required("url", "such as https://hooks.example.org/orrery"),
        optional("streams", "streams such as vm/ID, or kinds such as vm/; all, if absent",
                 Form::list),
        optional("types", "types such as vm.started, or kinds such as vm.; all, if absent",
                 Form::list),
        optional("tenants", "ids of projects, namespaces, clients or center users; all, if absent",
                 Form::list),
        optional("from", "first position to send, or now (as if absent)"),
        optional("batch", "events that may go together, as a list; one by one, if absent",
                 Form::count)},
       {}},
      {"webhook", "show", "one", "GET", "/webhooks/{webhook_id}", {webhook}, {}},
      {"webhook",
       "pause",
       "send nothing until it is resumed",
       "POST",
       "/webhooks/{webhook_id}/pause",
       {webhook, optional("reason", "for those who come later")},
       {}},
      {"webhook",
       "resume",
       "send on, from where it stopped",
       "POST",
       "/webhooks/{webhook_id}/resume",
       {webhook},
       {}},
      {"webhook",
       "rotate-secret",
       "make another secret; both sign for a day",
       "POST",
       "/webhooks/{webhook_id}/rotate-secret",
       {webhook},
       {}},
      {"webhook",
       "delete",
       "end it and erase its secrets",
       "DELETE",
       "/webhooks/{webhook_id}",
       {webhook},
       {}},
  };
}

std::vector<AdminVerb> dead_letters() {
  return {
      {"dead-letter",
       "list",
       "events that a webhook's receiver never took",
       "GET",
       "/webhooks/{webhook_id}/dead-letters",
       {webhook},
       {"position", "attempts", "status", "reason", "given_up_at"}},
      {"dead-letter",
       "redeliver",
       "send one again",
       "POST",
       "/webhooks/{webhook_id}/dead-letters/{position}/redeliver",
       {webhook, position},
       {}},
      {"dead-letter",
       "drop",
       "be done with one",
       "DELETE",
       "/webhooks/{webhook_id}/dead-letters/{position}",
       {webhook, position},
       {}},
  };
}

}  // namespace

std::vector<AdminVerb> of_webhooks() {
  auto all = webhooks();
  for (auto& verb : dead_letters()) all.push_back(std::move(verb));
  return all;
}

}  // namespace orrery::admin_arguments
