#include <atomic>
#include <functional>
#include <memory>
#include <utility>

#include <boost/json/array.hpp>

#include "actors/client/client.hpp"
#include "actors/runtime/command_gateway.hpp"
#include "http/gpushare/client_change.hpp"
#include "http/gpushare/client_json.hpp"
#include "http/gpushare/command_chain.hpp"
#include "http/gpushare/dispatcher.hpp"
#include "http/gpushare/name_hold.hpp"
#include "http/gpushare/resources.hpp"
#include "http/gpushare/row_turns.hpp"
#include "http/gpushare/rows.hpp"
#include "http/gpushare/settlements.hpp"
#include "storage/subject_keys.hpp"

namespace orrery::gpushare {

namespace {

namespace json = boost::json;

Origin origin_of(const Request& request, const Caller& caller) {
  return {caller.actor(), 0, request.request_id};
}

void list(const Context& context, const Request&, const Caller& caller, const Reply& reply) {
  const bool sees_all =
      access_to(Operation::client_list, caller.standing(), Whose::others) == Access::allowed;
  json::array shown;
  const auto add = [&](const ClientView::Client& client) {
    if (auto one = client_json(*context, caller, *client)) shown.emplace_back(*std::move(one));
  };
  if (!sees_all) {
    const auto then = context->present ? context->clients->find(caller.client->id) : caller.client;
    if (then) add(then);
  } else {
    for (const auto& client : context->clients->list()) add(client);
  }
  reply(answer(200, shown));
}

/// The client that a path names, where the caller may do this with him.
ClientView::Client client_of(const GpushareContext& context, const Request& request,
                             Operation operation, const Caller& caller) {
  auto client = context.clients->find(row_id(request.path_parameters[0]));
  if (client && access_to(operation, caller, client->id) == Access::allowed) return client;
  return nullptr;
}

void show_client(const GpushareContext& context, const Caller& caller, const Reply& reply,
                 unsigned status, const ClientView::Client& client) {
  const auto shown = client ? client_json(context, caller, *client) : std::nullopt;
  reply(shown ? answer(status, *shown) : refused(not_found()));
}

void show(const Context& context, const Request& request, const Caller& caller,
          const Reply& reply) {
  show_client(*context, caller, reply, 200,
              client_of(*context, request, Operation::client_read, caller));
}

void answer_registration(const GpushareContext& context, const Caller& caller, const Reply& reply,
                         const Registration& registration) {
  switch (registration.kind) {
    case Registration::Kind::registered:
      return show_client(context, caller, reply, 201, registration.client);
    case Registration::Kind::username_taken:
      return reply(name_taken("username"));
    case Registration::Kind::email_taken:
      return reply(name_taken("email"));
    case Registration::Kind::key_reused:
      return reply(idempotency_key_reused());
    case Registration::Kind::unavailable:
      break;
  }
  reply(unavailable());
}

/// An admin makes a client, who has no password until he asks for one by mail.
void create(const Context& context, const Request& request, const Caller& caller,
            const Reply& reply) {
  const auto body = body_of(request);
  if (!body) return reply(body.error());
  const auto identity = identity_of(*context, "client", caller, request);
  if (!identity) return reply(identity.error());
  const auto held = reply.with(identity->claim);
  const RegistrationRequest registration{caller.actor(), request.request_id, identity->ids->uuid(),
                                         identity->digest};
  if (const auto before = registered_before(*context, registration))
    return answer_registration(*context, caller, held, *before);
  auto person = read_new_client(*context, *body);
  if (!person) return held(person.error());
  register_client(context, *std::move(person), registration,
                  [context, caller, held](const Registration& done) {
                    answer_registration(*context, caller, held, done);
                  });
}

/// One change on its way: names first, for they may be somebody else's, then the rest.
class Update : public std::enable_shared_from_this<Update> {
 public:
  Update(Context context, Caller caller, Reply reply, Origin origin, std::string id,
         ClientChange change, RowTurns::Turn turn)
      : context_(std::move(context)),
        caller_(std::move(caller)),
        reply_(std::move(reply)),
        origin_(std::move(origin)),
        id_(std::move(id)),
        change_(std::move(change)),
        turn_(std::move(turn)) {}

  void start() {
    if (!change_.names) return change_rest();
    // Only one at a time waits for a client's names.
    claim_ = hold_names(*context_, id_);
    if (!claim_) return end(names_are_being_changed());
    context_->settlements->await_names(
        id_, [self = shared_from_this()](NamesOutcome outcome) { self->settled(outcome); });
    context_->gateway->submit<Client>(
        {id_, Client::RequestNames{*change_.names}, origin_, {}},
        [self = shared_from_this()](const auto& outcome) { self->requested(outcome); });
  }

 private:
  static Refusal names_are_being_changed() {
    return detail(409, "The names of this client are being changed already.");
  }

  void requested(const boost::system::result<Outcome<Client>, Unavailable>& outcome) {
    if (outcome && !outcome->rejection && outcome->position != 0) return;
    if (outcome && outcome->rejection == Client::Rejection::names_are_being_changed) {
      context_->settlements->forget_names(id_);
      return end(names_are_being_changed());
    }
    // They are his already, or wished for before: whoever wished for them settles it.
    const auto client = context_->clients->find(id_);
    if (outcome && !outcome->rejection && client && client->names != *change_.names) return;
    context_->settlements->forget_names(id_);
    if (!outcome) return end(unavailable());
    outcome->rejection ? end(not_found()) : settled(NamesOutcome::granted);
  }

  void settled(NamesOutcome outcome) {
    if (is_settled_.exchange(true)) return;
    switch (outcome) {
      case NamesOutcome::granted:
        return change_rest();
      case NamesOutcome::username_taken:
        return end(name_taken("username"));
      case NamesOutcome::email_taken:
        return end(name_taken("email"));
      case NamesOutcome::erased:
        return end(not_found());
    }
  }

  void change_rest() {
    // Asked for again, which decides nothing: whoever tells that the names are granted is the log's
    // own thread, and is left with this.
    if (change_.names)
      change_.commands.insert(change_.commands.begin(), Client::RequestNames{*change_.names});
    send_in_turn(context_, id_, std::move(change_.commands), origin_,
                 [self = shared_from_this()](const ChainEnd& chain) {
                   if (chain.rejection) return self->end(not_found());
                   if (!chain.is_done) return self->end(unavailable());
                   self->release();
                   show_client(*self->context_, self->caller_, self->reply_, 200,
                               self->context_->clients->find(self->id_));
                 });
  }

  void end(const Refusal& refusal) {
    release();
    reply_(refusal);
  }
  void release() {
    if (claim_) claim_->release();
  }

  Context context_;
  Caller caller_;
  Reply reply_;
  Origin origin_;
  std::string id_;
  ClientChange change_;
  RowTurns::Turn turn_;
  std::shared_ptr<KeyClaim> claim_;
  std::atomic<bool> is_settled_{false};
};

void edit(Operation operation, const Context& context, const Request& request, const Caller& caller,
          const Reply& reply, const RowTurns::Turn& turn) {
  const auto client = client_of(*context, request, operation, caller);
  if (!client) return reply(not_found());
  const auto body = body_of(request);
  if (!body) return reply(body.error());
  auto change = read_client_change(*context, *body, operation == Operation::client_partial_update,
                                   caller, *client);
  if (!change) return reply(change.error());
  std::make_shared<Update>(context, caller, reply, origin_of(request, caller), client->id,
                           *std::move(change), turn)
      ->start();
}

/// The log forgets him first, so that nothing is sealed for him any more; then his key goes. A
/// crash between the two is made good at the next start (`ClientView::erased`).
void erase(const Context& context, const Request& request, const Caller& caller,
           const Reply& reply) {
  const auto client = client_of(*context, request, Operation::client_delete, caller);
  if (!client) return reply(not_found());
  context->gateway->submit<Client>({client->id, Client::Erase{}, origin_of(request, caller), {}},
                                   [context, reply, id = client->id](const auto& outcome) {
                                     if (!outcome) return reply(unavailable());
                                     if (context->dispatcher)
                                       context->dispatcher->cancel_all_of(id);
                                     if (!context->subject_keys->erase(client_subject(id)))
                                       return reply(unavailable());
                                     reply(nothing());
                                   });
}

}  // namespace

void add_clients(Routes& routes) {
  const auto turns = std::make_shared<RowTurns>();
  routes.add(Operation::client_list, list);
  routes.add(Operation::client_create, create);
  routes.add(Operation::client_read, show);
  routes.add(Operation::client_update,
             in_turn(turns, std::bind_front(edit, Operation::client_update)));
  routes.add(Operation::client_partial_update,
             in_turn(turns, std::bind_front(edit, Operation::client_partial_update)));
  routes.add(Operation::client_delete, erase);
}

}  // namespace orrery::gpushare
