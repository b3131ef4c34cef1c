#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <boost/json/object.hpp>

#include "actors/gpu_record/gpu_record.hpp"
#include "actors/runtime/command_gateway.hpp"
#include "actors/shared_node/shared_node.hpp"
#include "http/auth/credential.hpp"
#include "http/auth/id_source.hpp"
#include "http/auth/numbers.hpp"
#include "http/gpushare/command_chain.hpp"
#include "http/gpushare/endpoint_url.hpp"
#include "http/gpushare/machine_facts.hpp"
#include "http/gpushare/machine_words.hpp"
#include "http/gpushare/resources.hpp"
#include "http/gpushare/rows.hpp"
#include "http/gpushare/settlements.hpp"
#include "http/upstream/upstream_client.hpp"
#include "projections/clients/client_view.hpp"
#include "projections/sharing/sharing_view.hpp"
#include "storage/subject_keys.hpp"

namespace orrery::gpushare {

namespace {

namespace json = boost::json;

/// In characters.
constexpr std::size_t name_size_max = 255;
constexpr std::int64_t concurrency_max = 1024;
/// Of one client, at a time.
constexpr std::size_t node_count_max = 100;
/// How long an endpoint is given to show that its address may be asked.
constexpr std::chrono::milliseconds probe_timeout{3'000};

/// A machine with a model, as a body has it.
struct NodeWords {
  std::string client_id;
  std::string model;
  std::string served_model;
  /// Empty: it is described by `facts`.
  std::string gpu_record_id;
  MachineFacts facts;
  std::string endpoint;
  UpstreamTarget target;
  std::uint32_t concurrency = 0;
  /// Otherwise than `facts.gpu_info` says.
  std::optional<std::uint32_t> gpu_count;
};

void read_endpoint_field(const GpushareContext& context, Fields& fields, NodeWords& words) {
  const auto said = fields.text("endpoint", nullable);
  if (!said) return;
  auto target = read_endpoint(*said, context.endpoint_reach);
  if (!target) return fields.refuse("endpoint", target.error().sentence);
  words.endpoint = *said;
  words.target = *std::move(target);
}

void read_machine(const GpushareContext& context, Fields& fields, NodeWords& words) {
  const auto is_his = [&](std::string_view id) {
    const auto record = context.sharing->gpu_record(id);
    return record && record->client_id == words.client_id;
  };
  if (const auto record = fields.row("gpu_record_id", is_his, nullable)) {
    words.gpu_record_id = *record;
    words.facts = context.sharing->gpu_record(*record)->facts;
  } else if (!record.is_given || !fields.is_wrong()) {
    read_machine_facts(fields, words.facts);
  }
}

boost::system::result<NodeWords, Refusal> read_node(const GpushareContext& context,
                                                    const Request& request, const Caller& caller) {
  const auto body = body_of(request);
  if (!body) return body.error();
  Fields fields(*body);
  NodeWords words;
  if (auto client = fields.row("user", nameable_clients(context, Operation::node_register, caller)))
    words.client_id = *std::move(client.value);
  if (auto model = fields.text("model_name", required, {.size_max = name_size_max}))
    words.model = words.served_model = *std::move(model.value);
  if (auto served = fields.text("served_model", nullable, {.size_max = name_size_max}))
    words.served_model = *std::move(served.value);
  read_machine(context, fields, words);
  read_endpoint_field(context, fields, words);
  if (const auto places = fields.integer("concurrency", nullable, 0, concurrency_max))
    words.concurrency = static_cast<std::uint32_t>(*places);
  if (const auto count = fields.integer("gpu_count", nullable, 0, gpu_count_max))
    words.gpu_count = static_cast<std::uint32_t>(*count);
  if (auto refusal = fields.refusal()) return *std::move(refusal);
  return words;
}

/// What the log is told of the node, but for its token.
SharedNodeRegistered offer_of(const NodeWords& words) {
  SharedNodeRegistered offer;
  offer.client_id = words.client_id;
  offer.gpu_record_id = words.gpu_record_id;
  offer.model = words.model;
  offer.served_model = words.served_model;
  offer.reach = words.endpoint.empty() ? NodeReach::agent : NodeReach::endpoint;
  auto gpus = read_gpu_info(words.facts.gpu_info);
  if (words.gpu_count && !gpus.model.empty()) gpus.count = *words.gpu_count;
  if (gpus.count > 0) {
    offer.gpu_model = std::move(gpus.model);
    offer.gpu_count = gpus.count;
  }
  offer.cpu_count = read_cpu_count(words.facts.cpu_core);
  offer.memory_mib =
      std::max(read_memory_mib(words.facts.total_memory), read_memory_mib(words.facts.ram));
  offer.concurrency = words.concurrency;
  return offer;
}

/// 400 where the client offers as many as one may.
std::optional<Refusal> too_many_nodes(const GpushareContext& context, std::string_view client_id) {
  const auto nodes = context.sharing->nodes();
  const auto count =
      static_cast<std::size_t>(std::count_if(nodes.begin(), nodes.end(), [&](const auto& node) {
        return node->offer.client_id == client_id;
      }));
  if (count < node_count_max) return std::nullopt;
  return field_error("user",
                     fmt::format("Ensure this client has at most {} nodes.", node_count_max));
}

void show_node(const GpushareContext& context, const Reply& reply, const std::string& id) {
  const auto node = context.sharing->node(id);
  if (!node) return reply(not_found());
  const auto owner = context.clients->find(node->offer.client_id);
  reply(answer(201, json::object{{"node_id", number_json(id)},
                                 {"node_token", context.secret.node_token(id)},
                                 {"gpu_record_id", number_json(node->offer.gpu_record_id)},
                                 {"user", number_json(node->offer.client_id)},
                                 {"model_name", node->offer.model},
                                 {"gpu_count", node->offer.gpu_count},
                                 {"is_approved", owner && owner->is_provider_approved}}));
}

/// One node on its way: its endpoint is looked at, its owner becomes a provider, the machine is
/// described, and the node offered and awaited.
class NodeRegistration : public std::enable_shared_from_this<NodeRegistration> {
 public:
  NodeRegistration(Context context, std::shared_ptr<Numbers> numbers, Reply reply, NodeWords words,
                   Origin origin)
      : context_(std::move(context)),
        numbers_(std::move(numbers)),
        reply_(std::move(reply)),
        words_(std::move(words)),
        origin_(std::move(origin)) {}

  void start(std::string request_id, std::string request_digest) {
    request_id_ = std::move(request_id);
    request_digest_ = std::move(request_digest);
    words_.endpoint.empty() ? become_provider() : probe();
  }

 private:
  /// Whether the server is there doesn't matter yet; but its address must be one that may be asked.
  void probe() {
    // Who hasn't been approved makes this server speak to nobody.
    const auto owner = context_->clients->find(words_.client_id);
    const bool is_trusted =
        context_->approves_providers_at_once || (owner && owner->is_provider_approved);
    if (!is_trusted) return become_provider();
    UpstreamRequest request;
    request.path = "/v1/models";
    request.timeout = probe_timeout;
    request.is_wanted = [reply = reply_] { return reply.is_wanted(); };
    context_->upstream->ask(
        words_.target, std::move(request),
        [self = shared_from_this()](const UpstreamResult& result) {
          if (!result && result.error().problem == UpstreamProblem::address_refused)
            return self->reply_(field_error("endpoint", result.error().message + "."));
          self->become_provider();
        });
  }

  void become_provider() {
    const auto owner = context_->clients->find(words_.client_id);
    if (!owner) return refuse_owner();
    gpushare::become_provider(context_, *owner, origin_,
                              [self = shared_from_this()](const ChainEnd& end) {
                                if (!end.is_done) return self->reply_(unavailable());
                                self->describe();
                              });
  }

  void describe() {
    // An earlier request of the same key may have come so far.
    if (const auto known = context_->sharing->gpu_record_of_request(request_id_))
      words_.gpu_record_id = known->id;
    if (!words_.gpu_record_id.empty()) return offer();
    if (const auto refusal = too_many_records(*context_, words_.client_id)) return reply_(*refusal);
    const auto id = std::to_string(
        context_->gpu_record_numbers->take(context_->sharing->largest_gpu_record_id(), 1));
    GpuRecordCreated event{words_.client_id, words_.facts, request_id_, request_digest_};
    context_->gateway->submit<GpuRecord>({id, GpuRecord::Create{std::move(event)}, origin_, {}},
                                         [self = shared_from_this(), id](const auto& outcome) {
                                           if (!outcome) return self->reply_(unavailable());
                                           if (outcome->rejection)
                                             return self->again(&NodeRegistration::describe);
                                           self->words_.gpu_record_id = id;
                                           self->offer();
                                         });
  }

  void offer() {
    const auto id = std::to_string(numbers_->take(context_->sharing->largest_node_id(), 1));
    auto event = offer_of(words_);
    if (!words_.endpoint.empty()) {
      auto sealed =
          context_->subject_keys->seal_known(client_subject(words_.client_id), words_.endpoint);
      if (!sealed) return refuse_owner();
      event.endpoint = *std::move(sealed);
    }
    const auto digest = credential_digest(context_->secret.node_token(id));
    event.token_digest.assign(digest.begin(), digest.end());
    event.request_id = request_id_;
    event.request_digest = request_digest_;
    context_->settlements->await_node(
        id, [self = shared_from_this(), id] { show_node(*self->context_, self->reply_, id); });
    context_->gateway->submit<SharedNode>({id, SharedNode::Register{std::move(event)}, origin_, {}},
                                          [self = shared_from_this(), id](const auto& outcome) {
                                            if (outcome && !outcome->rejection) return;
                                            self->context_->settlements->forget_node(id);
                                            if (!outcome) return self->reply_(unavailable());
                                            self->again(&NodeRegistration::offer);
                                          });
  }

  /// The number was another's already; a later one isn't.
  void again(void (NodeRegistration::*step)()) {
    if (++attempt_count_ == attempt_count_max) return reply_(unavailable());
    (this->*step)();
  }

  void refuse_owner() { reply_(field_error("user", invalid_pk(words_.client_id))); }

  static constexpr unsigned attempt_count_max = 8;

  Context context_;
  std::shared_ptr<Numbers> numbers_;
  Reply reply_;
  NodeWords words_;
  Origin origin_;
  std::string request_id_, request_digest_;
  unsigned attempt_count_ = 0;
};

void register_node(const std::shared_ptr<Numbers>& numbers, const Context& context,
                   const Request& request, const Caller& caller, const Reply& reply) {
  auto words = read_node(*context, request, caller);
  if (!words) return reply(words.error());
  const auto identity = identity_of(*context, "shared_node", caller, request);
  if (!identity) return reply(identity.error());
  const auto held = reply.with(identity->claim);
  auto request_id = identity->ids->uuid();
  if (const auto known = context->sharing->node_of_request(request_id)) {
    if (known->digest != identity->digest) return held(idempotency_key_reused());
    return show_node(*context, held, known->id);
  }
  if (const auto refusal = too_many_nodes(*context, words->client_id)) return held(*refusal);
  std::make_shared<NodeRegistration>(context, numbers, held, *std::move(words),
                                     Origin{caller.actor(), 0, request.request_id})
      ->start(std::move(request_id), identity->digest);
}

}  // namespace

void add_node_registration(Routes& routes) {
  routes.add(Operation::node_register,
             [numbers = std::make_shared<Numbers>()](const Context& context, const Request& request,
                                                     const Caller& caller, const Reply& reply) {
               register_node(numbers, context, request, caller, reply);
             });
}

}  // namespace orrery::gpushare
