#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "actors/instance/instance.hpp"
#include "actors/runtime/command_gateway.hpp"
#include "events/folds/billing_terms.hpp"
#include "events/stream_name.hpp"
#include "http/auth/id_source.hpp"
#include "http/neolink/power_request.hpp"
#include "http/neolink/resources.hpp"
#include "http/neolink/times.hpp"
#include "projections/instances/instance_view.hpp"
#include "projections/offers/offers_view.hpp"
#include "projections/wallets/wallet_view.hpp"
#include "storage/clock.hpp"
#include "storage/event_log.hpp"

namespace orrery::neolink {

namespace {

/// A request to change an instance, with what it has been given.
struct Changing {
  Context context;
  Caller caller;
  std::string cluster;
  std::string name;
  std::string request_id;
  RequestIdentity identity;
  /// Stands in the log beside what the request has caused; empty without a key.
  std::string command_id;
  Reply reply;
  /// Of the name of a snapshot's image, until the views know of it.
  std::shared_ptr<KeyClaim> image_claim = nullptr;
};

Response done() {
  Response response;
  response.body = R"("ok")";
  return response;
}

Refusal refusal_of(Instance::Rejection rejection) {
  using enum Instance::Rejection;
  switch (rejection) {
    case instance_does_not_exist:  // It is ordered, and comes in a moment.
    case instance_is_being_created:
      return error(409, "instance_is_being_created", "The instance is being created");
    case instance_is_on_already:
      return error(409, "instance_is_on_already", "The instance is on already");
    case instance_is_off_already:
      return error(409, "instance_is_off_already", "The instance is off already, or shutting down");
    case instance_is_shutting_down:
      return error(409, "instance_is_shutting_down",
                   "The instance is shutting down, wait until it is off");
    case snapshot_needs_a_running_instance:
      return error(409, "snapshot_needs_a_running_instance",
                   "Only a running instance can be saved as an image");
    default:  // It has ended, or is being deleted: everything else is said above.
      return error(409, "instance_has_ended", "The instance has failed, or is being deleted");
  }
}

/// Whether the same request has been answered before, and with what: its events stand in the log
/// with its id. Reads the instance's stream, which has some six events for each time it was on.
std::optional<Response> answer_before(const Changing& changing) {
  if (changing.command_id.empty()) return std::nullopt;
  const auto drawn = std::string_view(changing.command_id).substr(0, changing.command_id.find(' '));
  std::optional<Response> answer;
  (void)changing.context->log->read_stream(
      stream_name("instance", changing.name), 1, [&](const StoredEvent& stored) {
        if (!stored.command_id.starts_with(drawn)) return true;
        answer =
            stored.command_id == changing.command_id ? done() : refused(idempotency_key_reused());
        return false;
      });
  return answer;
}

/// The instance that the request names; nothing, and an answer, where there is none.
InstanceView::Instance instance_of(const Changing& changing) {
  const auto& context = *changing.context;
  if (!context.offers->current()->region_of_cluster(changing.cluster)) {
    changing.reply(not_found("cluster", changing.cluster));
    return nullptr;
  }
  auto instance = context.instances->find(changing.caller.namespace_id, changing.name);
  if (instance && instance->order.specification.cluster == changing.cluster) return instance;
  changing.reply(not_found("instance", changing.name));
  return nullptr;
}

/// "ok" once it is durable.
void send(const Changing& changing, Instance::Command command) {
  auto answer = [reply = changing.reply, claim = changing.image_claim](const auto& outcome) {
    if (claim) claim->release();
    if (!outcome) return reply(unavailable());
    if (outcome->rejection) return reply(refusal_of(*outcome->rejection));
    reply(done());
  };
  changing.context->gateway->submit<Instance>(
      {changing.name, std::move(command), Origin{changing.caller.actor, 0, changing.request_id},
       changing.command_id},
      std::move(answer));
}

/// The image that a snapshot becomes, in the customer's part of the region's registry. Nobody else
/// gets the name: until the request is answered it is claimed, then the views know of it.
boost::system::result<SnapshotWish, Refusal> snapshot_of(Changing& changing,
                                                         const PowerOffRequest& words) {
  const auto& context = *changing.context;
  const auto& namespace_id = changing.caller.namespace_id;
  const auto offers = context.offers->current();
  const auto& registry = offers->region_of_cluster(changing.cluster)->declaration.image_registry;
  auto image = fmt::format("{}/{}/{}:{}", registry, namespace_id, words.image_name, words.tag);
  changing.image_claim =
      context.keys_in_flight->claim(context.secret.seed_of("neolink image", namespace_id, image));
  if (!changing.image_claim || context.instances->is_being_saved(namespace_id, image) ||
      context.offers->can_run(namespace_id, image))
    return error(409, "image_exists_already",
                 fmt::format("There is an image {} already: choose another tag", image));
  return SnapshotWish{changing.identity.ids->uuid(), std::move(image)};
}

void power_off(Changing& changing, const Request& request) {
  const auto words = read_power_off(request.body);
  if (!words) return changing.reply(bad_request(words.error().message));
  if (!instance_of(changing)) return;
  InstanceStopRequested stop{InstanceEndReason::customer, words->grace_period_s, std::nullopt};
  if (words->needs_snapshot) {
    auto snapshot = snapshot_of(changing, *words);
    if (!snapshot) return changing.reply(snapshot.error());
    stop.snapshot = *std::move(snapshot);
  }
  send(changing, Instance::Stop{std::move(stop)});
}

/// 402 where the instance may not run: its customer is in debt, or what was paid for is over. Who
/// slips through because this changes just now is stopped at once.
std::optional<Refusal> refusal_of_money(const NeolinkContext& context, const Caller& caller,
                                        const InstanceDetails& instance) {
  if (instance.term.is_over(seconds_of(context.clock->now())))
    return error(402, "term_is_over",
                 fmt::format("What was paid for ended at {}: renew it with a CostTime such as "
                             "\"+1D\"",
                             beijing_seconds(instance.term.ends_at_s)));
  if (instance.order.terms.selling_type != SellingType::pay_as_you_go) return std::nullopt;
  const auto wallet = context.wallets->find(caller.namespace_id);
  if (!wallet || !wallet->in_debt()) return std::nullopt;
  return error(402, "wallet_is_in_debt",
               "The balance is below 0: nothing that is paid as it goes can be switched on");
}

void power_on(Changing& changing, const Request&) {
  const auto instance = instance_of(changing);
  if (!instance) return;
  if (instance->state == InstanceState::shutdown)
    if (const auto refusal = refusal_of_money(*changing.context, changing.caller, *instance))
      return changing.reply(*refusal);
  send(changing, Instance::Start{});
}

void remove(Changing& changing, const Request&) {
  if (!instance_of(changing)) return;
  send(changing, Instance::Delete{});
}

using Change = void (*)(Changing&, const Request&);

/// What all changes begin with. Each has keys of its own, and so has each instance.
void start(const Context& context, const Request& request, const Caller& caller, const Reply& reply,
           std::string_view purpose, std::string name, Change change) {
  auto identity =
      identity_of(*context, fmt::format("neolink {} {}", purpose, name), caller, request);
  if (!identity) return reply(identity.error());
  const auto holding = reply.with(identity->claim);
  std::string command_id;
  if (!identity->digest.empty())
    command_id = fmt::format("{} {:02x}", identity->ids->uuid(),
                             fmt::join(identity->digest.begin(), identity->digest.end(), ""));
  Changing changing{context,
                    caller,
                    std::string(request.path_parameters[0]),
                    std::move(name),
                    request.request_id,
                    *std::move(identity),
                    std::move(command_id),
                    holding};
  if (auto answer = answer_before(changing)) return changing.reply(*std::move(answer));
  change(changing, request);
}

Handler change_of_named(std::string_view purpose, Change change) {
  return [purpose, change](const Context& context, const Request& request, const Caller& caller,
                           const Reply& reply) {
    start(context, request, caller, reply, purpose, std::string(request.path_parameters[1]),
          change);
  };
}

void remove_named_in_query(const Context& context, const Request& request, const Caller& caller,
                           const Reply& reply) {
  auto name = request.query_parameter("name");
  if (name.empty()) return reply(bad_request("name is required"));
  start(context, request, caller, reply, "delete", std::move(name), remove);
}

}  // namespace

void add_instance_changes(Routes& routes) {
  constexpr auto one = "/clusters/{cluster}/instances/{name}";
  routes.add(Method::post, fmt::format("{}/power_off", one), change_of_named("off", power_off));
  routes.add(Method::post, fmt::format("{}/power_on", one), change_of_named("on", power_on));
  routes.add(Method::delete_, "/clusters/{cluster}/instances", remove_named_in_query);
}

}  // namespace orrery::neolink
