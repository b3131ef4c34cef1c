#include <utility>

#include <boost/json/serialize.hpp>

#include "actors/runtime/command_gateway.hpp"
#include "events/folds/billing_terms.hpp"
#include "http/neolink/instance_json.hpp"
#include "http/neolink/order.hpp"
#include "http/neolink/resources.hpp"
#include "storage/clock.hpp"
#include "storage/event_log.hpp"

namespace orrery::neolink {

namespace {

/// A create or renewal, with what it has been given.
struct Ordering {
  Context context;
  Caller caller;
  std::string cluster;
  std::string request_id;
  std::string order_id;
  RequestIdentity identity;
  Reply reply;

  Origin origin() const { return {caller.actor, 0, request_id}; }
};

Response shown(const NeolinkContext& context, const InstanceDetails& instance) {
  Response response;
  response.body = boost::json::serialize(
      instance_json(instance, *context.offers->current(), context.secret, InstanceForm::listed));
  return response;
}

/// The event of an order or renewal, as the log has it.
std::optional<RecordedEvent> event_at(const EventLog& log, Position position) {
  std::optional<RecordedEvent> found;
  (void)log.read(position, position, [&](const StoredEvent& stored) {
    found = record(stored);
    return false;
  });
  return found;
}

/// What was ordered under this key before, whatever became of it since; of a renewal the instance
/// as it is now.
void answer_again(const Ordering& ordering, Position position) {
  const auto& context = *ordering.context;
  const auto event = event_at(*context.log, position);
  if (!event) return ordering.reply(unavailable());
  if (const auto* placed = std::get_if<OrderPlaced>(&event->event))
    return ordering.reply(shown(context, as_ordered(*placed, event->time)));
  const auto& renewed = std::get<OrderRenewed>(event->event);
  const auto instance = context.instances->find(ordering.caller.namespace_id, renewed.instance_id);
  if (!instance) return ordering.reply(not_found("instance", renewed.instance_id));
  ordering.reply(shown(context, *instance));
}

/// Whether the order of this request is known already; then it has been answered, before anything
/// is looked at that may have changed since.
bool answers_again(const Ordering& ordering) {
  const auto& digest = ordering.identity.digest;
  if (digest.empty()) return false;
  const auto known = ordering.context->instances->order_of_request(ordering.order_id);
  if (!known) return false;
  if (known->digest == digest)
    answer_again(ordering, known->position);
  else
    ordering.reply(idempotency_key_reused());
  return true;
}

/// Asks the wallet, and answers with the instance once all is durable. `show` makes an answer of
/// it.
template <class Command, class Show>
void ask_wallet(const Ordering& ordering, Command command, const OrderTerms& terms,
                std::uint32_t period_count, std::string instance_id, Show show) {
  auto answer = [ordering, terms, period_count, now_s = command.now_s,
                 instance_id = std::move(instance_id), show](const auto& outcome) {
    const auto& [context, caller] = std::tie(*ordering.context, ordering.caller);
    if (!outcome) return ordering.reply(unavailable());
    if (outcome->rejection)
      return ordering.reply(refusal_of(*outcome->rejection, terms, period_count, now_s));
    const auto instance = context.instances->find(caller.namespace_id, instance_id);
    if (!instance) return ordering.reply(unavailable());
    ordering.reply(shown(context, show(*instance)));
  };
  ordering.context->gateway->submit<Wallet>(
      {ordering.caller.namespace_id, std::move(command), ordering.origin(), {}}, std::move(answer));
}

void renew(const Ordering& ordering, const InstanceRequest& words) {
  const auto& context = *ordering.context;
  const auto renewal = renewal_of(context, ordering.caller, ordering.cluster, words);
  if (!renewal) return ordering.reply(renewal.error());
  const auto& order = renewal->instance->order;
  OrderRenewed renewed;
  renewed.order_id = order.order_id;
  renewed.renewal_id = ordering.order_id;
  renewed.instance_id = order.instance_id;
  renewed.terms = renewal->terms;
  renewed.period_count = renewal->period_count;
  renewed.request_digest = ordering.identity.digest;
  ask_wallet(ordering, Wallet::Renew{std::move(renewed), seconds_of(context.clock->now())},
             renewal->terms, renewal->period_count, order.instance_id,
             [](const InstanceDetails& instance) { return instance; });
}

void create(const Ordering& ordering, const InstanceRequest& words) {
  const auto& context = *ordering.context;
  auto order = order_of(context, ordering.caller, ordering.cluster, words, *ordering.identity.ids);
  if (!order) return ordering.reply(order.error());
  if (const auto refusal = refusal_of_full_cluster(context, order->specification))
    return ordering.reply(*refusal);
  order->order_id = ordering.order_id;
  order->request_digest = ordering.identity.digest;
  const auto terms = order->terms;
  const auto period_count = order->period_count;
  auto instance_id = order->instance_id;
  ask_wallet(ordering, Wallet::PlaceOrder{*std::move(order), seconds_of(context.clock->now())},
             terms, period_count, std::move(instance_id), [](const InstanceDetails& instance) {
               return as_ordered(instance.order, instance.created_at);
             });
}

void create_or_renew(const Context& context, const Request& request, const Caller& caller,
                     const Reply& reply) {
  auto identity = identity_of(*context, "neolink order", caller, request);
  if (!identity) return reply(identity.error());
  auto order_id = identity->ids->uuid();
  const auto holding = reply.with(identity->claim);
  const Ordering ordering{context,
                          caller,
                          std::string(request.path_parameters[0]),
                          request.request_id,
                          std::move(order_id),
                          *std::move(identity),
                          holding};
  if (answers_again(ordering)) return;
  const auto words = read_instance_request(request.body);
  if (!words) return ordering.reply(bad_request(words.error().message));
  if (words->namespace_id != caller.namespace_id)
    return ordering.reply(not_found("namespace", words->namespace_id));
  if (words->is_renewal()) return renew(ordering, *words);
  create(ordering, *words);
}

}  // namespace

void add_instance_creation(Routes& routes) {
  routes.add(Method::post, "/clusters/{cluster}/instances", create_or_renew);
}

}  // namespace orrery::neolink
