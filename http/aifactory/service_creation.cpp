#include <memory>
#include <string>

#include <fmt/format.h>
#include <boost/describe/enum_to_string.hpp>

#include "actors/runtime/command_gateway.hpp"
#include "actors/service/service.hpp"
#include "actors/service_group/service_group.hpp"
#include "http/aifactory/answers.hpp"
#include "http/aifactory/group_json.hpp"
#include "http/aifactory/resources.hpp"
#include "http/aifactory/service_json.hpp"
#include "http/aifactory/service_request.hpp"
#include "http/auth/id_source.hpp"
#include "http/auth/numbers.hpp"
#include "projections/services/service_view.hpp"

namespace orrery::aifactory {

namespace {

/// How often another number is taken where one turns out to be somebody's.
constexpr unsigned attempt_count_max = 8;

/// A create on its way. The request itself lives until it is answered.
struct Creating {
  Context context;
  std::shared_ptr<Numbers> numbers;
  Origin origin;
  RequestIdentity identity;
  /// Follows from the Idempotency-Key, where there is one.
  std::string request_id;
  Reply reply;
  MergedService wanted;
  unsigned attempt = 0;
};
using Creation = std::shared_ptr<Creating>;

Refusal failed(std::string_view why) {
  return error(500, fmt::format("Failed to start service: {}", why));
}

/// Of what exists: as it was when it was created, whenever somebody asks again.
void answer_with(const Context& context, const Reply& reply, const std::string& id) {
  if (const auto service = context->services->find(id))
    return reply(ok(created_service_text(*service)));
  if (const auto group = context->services->find_group(id))
    return reply(ok(created_group_text(*group)));
  reply(unavailable());
}

/// Whether the request has come before, and has been answered now as it was then.
bool answers_again(const Creation& creation) {
  if (creation->identity.digest.empty()) return false;
  const auto before = creation->context->services->of_request(creation->request_id);
  if (!before) return false;
  if (before->digest != creation->identity.digest)
    creation->reply(idempotency_key_reused());
  else
    answer_with(creation->context, creation->reply, before->id);
  return true;
}

void start(const Creation& creation);

template <class A>
void send(const Creation& creation, std::string id, typename A::Command command,
          typename A::Rejection taken) {
  CommandMessage<A> message{id, std::move(command), creation->origin, {}};
  creation->context->gateway->submit<A>(std::move(message), [creation, id = std::move(id),
                                                             taken](const auto& outcome) {
    if (!outcome) return creation->reply(unavailable());
    if (!outcome->rejection) return answer_with(creation->context, creation->reply, id);
    if (outcome->rejection == taken && ++creation->attempt < attempt_count_max)
      return start(creation);
    creation->reply(failed(boost::describe::enum_to_string(*outcome->rejection, "it was refused")));
  });
}

void start_one(const Creation& creation, std::uint64_t number) {
  auto id = std::to_string(number);
  ServiceRequested wish;
  wish.specification = creation->wanted.specification;
  wish.specification.name += "-" + id;
  wish.request_id = creation->request_id;
  wish.request_digest = creation->identity.digest;
  send<Service>(creation, std::move(id), Service::Create{std::move(wish)},
                Service::Rejection::service_exists_already);
}

void start_group(const Creation& creation, std::uint64_t first, std::uint32_t count) {
  ServiceGroupRequested wish;
  wish.specification = creation->wanted.specification;
  wish.node_count = creation->wanted.node_count;
  wish.replica_count = creation->wanted.replica_count;
  wish.request_id = creation->request_id;
  wish.request_digest = creation->identity.digest;
  for (std::uint32_t i = 0; i < count; ++i) wish.service_ids.push_back(std::to_string(first + i));
  send<ServiceGroup>(creation, fmt::format("sg-{}", first), ServiceGroup::Create{std::move(wish)},
                     ServiceGroup::Rejection::service_group_exists_already);
}

void start(const Creation& creation) {
  const auto& wanted = creation->wanted;
  const auto count = wanted.is_group ? wanted.node_count * wanted.replica_count : 1;
  const auto first = creation->numbers->take(creation->context->services->largest_id(), count);
  if (wanted.is_group) return start_group(creation, first, count);
  start_one(creation, first);
}

void create(const std::shared_ptr<Numbers>& numbers, const Context& context, const Request& request,
            const Caller& caller, const Reply& reply) {
  auto identity = identity_of(*context, "aifactory service", caller, request);
  if (!identity) return reply(identity.error());
  const auto creation =
      std::make_shared<Creating>(Creating{context,
                                          numbers,
                                          Origin{caller.actor, 0, request.request_id},
                                          *std::move(identity),
                                          {},
                                          reply,
                                          {}});
  creation->request_id = creation->identity.ids->uuid();
  creation->reply = reply.with(creation->identity.claim);
  if (answers_again(creation)) return;
  auto wanted = read_service_request(*context->recipes, request);
  if (!wanted) return creation->reply(wanted.error());
  creation->wanted = *std::move(wanted);
  creation->wanted.specification.cluster = context->cluster;
  start(creation);
}

}  // namespace

void add_service_creation(Routes& routes) {
  routes.add(Method::post, "/services",
             [numbers = std::make_shared<Numbers>()](const Context& context, const Request& request,
                                                     const Caller& caller, const Reply& reply) {
               create(numbers, context, request, caller, reply);
             });
}

}  // namespace orrery::aifactory
