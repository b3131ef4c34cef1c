#include <string>

#include <fmt/format.h>
#include <boost/json/object.hpp>

#include "actors/runtime/command_gateway.hpp"
#include "actors/service/service.hpp"
#include "actors/service_group/service_group.hpp"
#include "http/aifactory/answers.hpp"
#include "http/aifactory/request_body.hpp"
#include "http/aifactory/resources.hpp"
#include "projections/services/service_view.hpp"

namespace orrery::aifactory {

namespace {

namespace json = boost::json;

/// A request that ends something, with the answer to give once that is durable.
struct Ending {
  Context context;
  std::string id;
  Origin origin;
  Reply reply;
  Refusal absent;
  json::object done;
};

template <class A>
void send(Ending ending, typename A::Command command) {
  auto& gateway = *ending.context->gateway;
  CommandMessage<A> message{ending.id, std::move(command), ending.origin, {}};
  gateway.submit<A>(std::move(message), [ending = std::move(ending)](const auto& outcome) {
    if (!outcome) return ending.reply(unavailable());
    // The view knows it, so it is a replica whose group has only just been asked for.
    if (outcome->rejection) return ending.reply(unavailable());
    ending.reply(ok(ending.done));
  });
}

/// What is over already stays as it is.
void end_group(Ending ending) {
  if (!ending.context->services->find_group(ending.id)) return ending.reply(ending.absent);
  send<ServiceGroup>(std::move(ending), ServiceGroup::Cancel{});
}

/// Ends a service; a group of them has an id among services too.
void end_service(Ending ending) {
  if (!ending.context->services->find(ending.id)) return end_group(std::move(ending));
  send<Service>(std::move(ending), Service::Stop{ServiceStopReason::cancelled});
}

Ending ending_of(const Context& context, const Request& request, const Caller& caller,
                 const Reply& reply, std::string_view absent) {
  return {context,
          std::string(request.path_parameters[0]),
          Origin{caller.actor, 0, request.request_id},
          reply,
          not_found(absent),
          {}};
}

/// What differs between the routes of services and those of groups.
struct Words {
  void (*end)(Ending);
  std::string_view kind;
  std::string_view id_key;
  std::string_view not_found;
  std::string_view not_deleted;
};
constexpr Words service_words{end_service, "Service", "service_id", "Service not found",
                              "Service not found or failed to stop"};
constexpr Words group_words{end_group, "Service group", "group_id", "Service group not found",
                            "Service group not found"};

Handler deletion(const Words& words) {
  return [words](const Context& context, const Request& request, const Caller& caller,
                 const Reply& reply) {
    auto ending = ending_of(context, request, caller, reply, words.not_deleted);
    ending.done = {{"message", fmt::format("{} {} stopped successfully", words.kind, ending.id)}};
    words.end(std::move(ending));
  };
}

/// Only "cancelled" can be wished for.
Handler status_change(const Words& words) {
  return [words](const Context& context, const Request& request, const Caller& caller,
                 const Reply& reply) {
    const auto body = object_of(request);
    if (!body) return reply(body.error());
    const auto status = body->at_key("status");
    std::string_view wish;
    if (status.error() != simdjson::SUCCESS || status.is_null())
      return reply(error(400, "Status is required"));
    if (status.get(wish) != simdjson::SUCCESS || wish != "cancelled")
      return reply(error(400, "Only the status 'cancelled' can be set"));
    auto ending = ending_of(context, request, caller, reply, words.not_found);
    ending.done = {{"message", fmt::format("{} {} cancelled successfully", words.kind, ending.id)},
                   {words.id_key, ending.id},
                   {"status", "cancelled"}};
    words.end(std::move(ending));
  };
}

}  // namespace

void add_service_ends(Routes& routes) {
  routes.add(Method::delete_, "/services/{service_id}", deletion(service_words));
  routes.add(Method::post, "/services/{service_id}/status", status_change(service_words));
  routes.add(Method::delete_, "/service-groups/{group_id}", deletion(group_words));
  routes.add(Method::post, "/service-groups/{group_id}/status", status_change(group_words));
}

}  // namespace orrery::aifactory
