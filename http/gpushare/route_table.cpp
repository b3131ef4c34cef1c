#include "http/gpushare/route_table.hpp"

#include <array>
#include <vector>

#include <fmt/format.h>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/pchars.hpp>

#include "http/gpushare/authentication.hpp"

namespace orrery::gpushare {

namespace {

constexpr std::array<std::string_view, 4> roots{"/client", "/gpu", "/inference", "/llm_models"};

bool is_open(Operation operation) {
  return access_to(operation, Standing::anonymous, Whose::own) == Access::allowed;
}

Refusal refusal_of(const AuthenticationFailure& failure) {
  auto refusal = failure.status == 401 ? authentication_failed(failure.detail)
                                       : detail(failure.status, failure.detail);
  if (failure.retry_after_s > 0)
    refusal.headers.emplace_back("Retry-After", fmt::format("{}", failure.retry_after_s));
  return refusal;
}

/// Who may not do `operation` with anything, not even with his own.
std::optional<Refusal> refusal_of(Operation operation, const Authenticated& caller) {
  if (!caller) return refusal_of(caller.error());
  switch (access_to(operation, caller->standing(), Whose::own)) {
    case Access::unauthenticated:
      return not_authenticated();
    case Access::forbidden:
      return permission_denied();
    case Access::absent:
      return not_found();
    case Access::allowed:
      break;
  }
  return std::nullopt;
}

/// Django redirects whatever the method is, though most clients repeat a POST as a GET.
Response redirect_to_slash(const Request& request) {
  constexpr auto plain = boost::urls::pchars + '/';
  auto target = boost::urls::encode(request.path, plain) + "/";
  if (!request.query.empty()) target += fmt::format("?{}", request.query);
  Response response;
  response.status = 301;
  response.content_type = "text/html; charset=utf-8";
  response.headers.emplace_back("Location", std::move(target));
  return response;
}

Refusal method_not_allowed(Method method) {
  return detail(405, fmt::format("Method \"{}\" not allowed.", to_string(method)));
}

/// What the paths of the dialect are, and who may ask anything of them.
class KnownPaths {
 public:
  void add(Operation operation) {
    const auto& route = route_of(operation);
    router_.add(route.method, route.path, [](const Request&, Responder) {});
    operations_.push_back(operation);
  }

  bool lacks_slash(std::string_view path) const {
    if (path.ends_with('/')) return false;
    std::vector<std::string_view> parameters;
    return router_.match(Method::get, fmt::format("{}/", path), parameters).status != 404;
  }

  /// An operation of the path, so that whoever may not ask for it isn't told what else there is.
  std::optional<Operation> operation_at(std::string_view path) const {
    std::vector<std::string_view> parameters;
    for (const auto method :
         {Method::get, Method::post, Method::put, Method::patch, Method::delete_}) {
      const auto match = router_.match(method, path, parameters);
      if (match.route != Router::no_route) return operations_[match.route];
    }
    return std::nullopt;
  }

 private:
  Router router_;
  /// Of the router's routes, in their order.
  std::vector<Operation> operations_;
};

}  // namespace

boost::system::result<RequestIdentity, Refusal> identity_of(const GpushareContext& context,
                                                            std::string_view purpose,
                                                            const Caller& caller,
                                                            const Request& request) {
  auto identity = identify({context.secret, context.keys_in_flight, *context.ids}, purpose,
                           caller.actor(), request);
  if (!identity) return refusal_of(identity.error());
  return *std::move(identity);
}

void Routes::add(Operation operation, Handler handler, Patience patience) {
  const auto& route = route_of(operation);
  const auto shared = std::make_shared<const Handler>(std::move(handler));
  const auto answer = [operation, context = context_, shared](const Request& request,
                                                              Responder respond) {
    const Reply reply(std::move(respond));
    if (is_open(operation)) return (*shared)(context, request, Caller{}, reply);
    authenticate(context->gate(), request,
                 [operation, context, shared, &request, reply](const Authenticated& caller) {
                   if (const auto refusal = refusal_of(operation, caller)) return reply(*refusal);
                   (*shared)(context, request, *caller, reply);
                 });
  };
  router_.add(route.method, route.path, answer, patience);
}

void Routes::add_fallbacks() {
  auto known = std::make_shared<KnownPaths>();
  for (const auto& route : operation_routes()) known->add(route.operation);
  const auto answer = [context = context_, known = std::shared_ptr<const KnownPaths>(known)](
                          const Request& request, Responder respond) {
    const Reply reply(std::move(respond));
    const auto& fault = request.fault;
    if (fault.status == 404)
      return known->lacks_slash(request.path) ? reply(redirect_to_slash(request))
                                              : reply(not_found());
    if (fault.status != 405) return reply(detail(fault.status, fault.message));
    const auto operation = known->operation_at(request.path);
    if (!operation || is_open(*operation)) return reply(method_not_allowed(request.method));
    authenticate(*context, request, [&request, reply](const Authenticated& caller) {
      if (!caller) return reply(refusal_of(caller.error()));
      if (caller->is_anonymous()) return reply(not_authenticated());
      reply(method_not_allowed(request.method));
    });
  };
  for (const auto root : roots) router_.fallback(root, answer);
}

}  // namespace orrery::gpushare
