#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <boost/json/object.hpp>

#include "http/aifactory/answers.hpp"
#include "http/aifactory/group_json.hpp"
#include "http/aifactory/log_text.hpp"
#include "http/aifactory/resources.hpp"
#include "http/aifactory/service_json.hpp"
#include "http/aifactory/service_logs.hpp"
#include "projections/services/service_view.hpp"

namespace orrery::aifactory {

namespace {

namespace json = boost::json;

std::string list_text(const std::vector<ServiceView::Service>& services) {
  std::size_t size = 2;
  for (const auto& service : services) size += service_text(*service).size() + 1;
  std::string text;
  text.reserve(size);
  text += '[';
  for (const auto& service : services) {
    if (text.size() > 1) text += ',';
    text += service_text(*service);
  }
  text += ']';
  return text;
}

/// The list as it was shown last. As long as nothing changes, all who ask share its bytes, however
/// slowly they read them. Thread-safe.
class SharedList {
 public:
  std::shared_ptr<const std::string> text(std::vector<ServiceView::Service> services) {
    const std::scoped_lock lock(mutex_);
    if (text_ && services == services_) return text_;
    text_ = std::make_shared<const std::string>(list_text(services));
    services_ = std::move(services);
    return text_;
  }

 private:
  std::mutex mutex_;
  std::vector<ServiceView::Service> services_;
  std::shared_ptr<const std::string> text_;
};

Handler list() {
  return [shared = std::make_shared<SharedList>()](const Context& context, const Request&,
                                                   const Caller&, const Reply& reply) {
    Response response;
    response.prepared_body = shared->text(context->services->list());
    reply(std::move(response));
  };
}

void show(const Context& context, const Request& request, const Caller&, const Reply& reply) {
  const auto id = request.path_parameters[0];
  if (const auto service = context->services->find(id)) return reply(ok(service_text(*service)));
  if (const auto group = context->services->find_group(id))
    return reply(ok(group_service_text(*group, context->services->replicas(id))));
  reply(not_found("Service not found"));
}

/// A job that nobody knows has long been over, as schedulers see it.
void show_status(const Context& context, const Request& request, const Caller&,
                 const Reply& reply) {
  const auto id = request.path_parameters[0];
  std::string_view status = "completed";
  if (const auto service = context->services->find(id))
    status = status_name(*service);
  else if (const auto group = context->services->find_group(id))
    status = group_status(*group, context->services->replicas(id));
  reply(ok(json::object{{"status", status}}));
}

/// Replicas share what one answer may show.
std::string logs_of(const AifactoryContext& context, std::string_view id) {
  constexpr auto bytes_max = ServiceLogs::answer_bytes_max;
  if (const auto service = context.services->find(id))
    return log_text(*service, context.logs, bytes_max);
  std::string text;
  const auto replicas = context.services->replicas(id);
  for (const auto& replica : replicas) {
    if (!text.empty()) text += '\n';
    text += log_text(*replica, context.logs, bytes_max / replicas.size());
  }
  return text.empty() ? fmt::format("There is no service {}, so it has no logs.\n", id) : text;
}

void show_logs(const Context& context, const Request& request, const Caller&, const Reply& reply) {
  reply(ok(json::object{{"logs", logs_of(*context, readable_text(request.path_parameters[0]))}}));
}

}  // namespace

void add_services(Routes& routes) {
  routes.add(Method::get, "/services", list());
  routes.add(Method::get, "/services/{service_id}", show);
  routes.add(Method::get, "/services/{service_id}/status", show_status);
  routes.add(Method::get, "/services/{service_id}/logs", show_logs);
}

}  // namespace orrery::aifactory
