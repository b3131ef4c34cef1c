#include <charconv>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "http/neolink/instance_json.hpp"
#include "http/neolink/resources.hpp"

namespace orrery::neolink {

namespace {

namespace json = boost::json;

constexpr std::size_t page_size_default = 100;
constexpr std::size_t page_size_max = 1'000;

struct Paging {
  std::size_t page = 1;
  std::size_t page_size = page_size_default;

  std::size_t offset() const { return (page - 1) * page_size; }
};

/// Puts a query parameter into `number`, where it is there; false where it isn't from 1 to `max`.
bool read_number(const Request& request, std::string_view name, std::size_t max,
                 std::size_t& number) {
  const auto text = request.query_parameter(name);
  if (text.empty()) return true;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  return parsed.ec == std::errc() && parsed.ptr == end && number >= 1 && number <= max;
}

boost::system::result<Paging, Refusal> read_paging(const Request& request) {
  constexpr std::size_t page_max = 1'000'000'000;
  Paging paging;
  constexpr auto sentence = "{} must be a whole number from 1 to {}";
  if (!read_number(request, "page", page_max, paging.page))
    return bad_request(fmt::format(sentence, "page", page_max));
  if (!read_number(request, "pageSize", page_size_max, paging.page_size))
    return bad_request(fmt::format(sentence, "pageSize", page_size_max));
  return paging;
}

void list(const Context& context, const Request& request, const Caller& caller,
          const Reply& reply) {
  const auto cluster = request.path_parameters[0];
  const auto offers = context->offers->current();
  if (!offers->region_of_cluster(cluster)) return reply(not_found("cluster", cluster));
  const auto paging = read_paging(request);
  if (!paging) return reply(paging.error());

  const auto part =
      context->instances->list(caller.namespace_id, cluster, paging->offset(), paging->page_size);
  const bool has_next = part.total_count > paging->offset() + paging->page_size;
  Response response;
  response.body = fmt::format(R"({{"hasNextPage":{},"nodes":[)", has_next);
  for (const auto& instance : part.instances) {
    if (instance != part.instances.front()) response.body.push_back(',');
    response.body +=
        json::serialize(instance_json(*instance, *offers, context->secret, InstanceForm::listed));
  }
  response.body += fmt::format(R"(],"totalCount":{}}})", part.total_count);
  reply(std::move(response));
}

void get(const Context& context, const Request& request, const Caller& caller, const Reply& reply) {
  const auto cluster = request.path_parameters[0];
  const auto name = request.path_parameters[1];
  const auto offers = context->offers->current();
  if (!offers->region_of_cluster(cluster)) return reply(not_found("cluster", cluster));
  const auto instance = context->instances->find(caller.namespace_id, name);
  if (!instance || instance->order.specification.cluster != cluster)
    return reply(not_found("instance", name));
  Response response;
  response.body =
      json::serialize(instance_json(*instance, *offers, context->secret, InstanceForm::one));
  reply(std::move(response));
}

}  // namespace

void add_instances(Routes& routes) {
  routes.add(Method::get, "/clusters/{cluster}/instances", list);
  routes.add(Method::get, "/clusters/{cluster}/instances/{name}", get);
}

}  // namespace orrery::neolink
