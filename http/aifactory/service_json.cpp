#include "http/aifactory/service_json.hpp"

#include <fmt/format.h>
#include <boost/describe/enum_to_string.hpp>
#include <boost/json/serialize.hpp>

#include "http/json/timestamp.hpp"
#include "projections/services/service_details.hpp"

namespace orrery::aifactory {

namespace {

std::string text_of(const ServiceDetails& service, std::string_view status) {
  const auto& request = *service.request;
  const auto& specification = request.specification;
  auto text = fmt::format(
      R"({{"id":{},"name":{},"recipe_name":{},"status":"{}","config":{},"created_at":"{}")",
      json_quoted(service.id), json_quoted(specification.name),
      json_quoted(specification.recipe_name), status,
      specification.config.empty() ? "{}" : specification.config, iso_time(service.created_at));
  if (request.replica)
    text += fmt::format(R"(,"group_id":{},"replica_index":{})",
                        json_quoted(request.replica->group_id), request.replica->index);
  text += '}';
  return text;
}

}  // namespace

std::string_view status_name(const ServiceDetails& service) {
  return boost::describe::enum_to_string(service.status, "unknown");
}

std::optional<std::string> endpoint_of(const ServiceDetails& service) {
  const auto& launched = service.launched;
  if (!launched || launched->port == 0) return std::nullopt;
  const bool is_ipv6 = launched->host.find(':') != std::string::npos;
  return is_ipv6 ? fmt::format("http://[{}]:{}", launched->host, launched->port)
                 : fmt::format("http://{}:{}", launched->host, launched->port);
}

const std::string& service_text(const ServiceDetails& service) {
  return service.prepared.text([&] { return text_of(service, status_name(service)); });
}

std::string created_service_text(const ServiceDetails& service) {
  return text_of(service, "pending");
}

std::string json_quoted(std::string_view text) {
  return boost::json::serialize(boost::json::string_view(text.data(), text.size()));
}

std::string iso_time(Time time) {
  auto text = rfc3339_seconds(time);
  text.pop_back();  // The "Z".
  const auto fraction = time - std::chrono::floor<std::chrono::seconds>(time);
  return fmt::format("{}.{:06}", text,
                     std::chrono::duration_cast<std::chrono::microseconds>(fraction).count());
}

}  // namespace orrery::aifactory
