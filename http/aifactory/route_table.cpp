#include "http/aifactory/route_table.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/pchars.hpp>

#include "http/aifactory/access.hpp"

namespace orrery::aifactory {

namespace {

/// OpenAI's clients read what is below /api/v1/vllm/{id}/v1.
ErrorForm form_below(std::string_view path) {
  constexpr std::string_view vllm = "/api/v1/vllm/";
  if (!path.starts_with(vllm)) return ErrorForm::fastapi;
  path.remove_prefix(vllm.size());
  const auto rest = path.substr(std::min(path.find('/'), path.size()));
  return rest == "/v1" || rest.starts_with("/v1/") ? ErrorForm::openai : ErrorForm::fastapi;
}

/// The path without its last slash, as a client may ask for it.
Refusal redirect_to(const Request& request) {
  constexpr auto plain = boost::urls::pchars + '/';
  auto target = boost::urls::encode(request.path.substr(0, request.path.size() - 1), plain);
  if (!request.query.empty()) target += fmt::format("?{}", request.query);
  return {307, "Temporary Redirect", {}, {{"Location", std::move(target)}}};
}

Refusal refusal_of(const Fault& fault) {
  if (fault.status == 404) return error(404, "Not Found");
  if (fault.status == 405) return error(405, "Method Not Allowed");
  return error(fault.status, fault.message);
}

}  // namespace

boost::system::result<RequestIdentity, Refusal> identity_of(const AifactoryContext& context,
                                                            std::string_view purpose,
                                                            const Caller& caller,
                                                            const Request& request) {
  auto identity = identify({context.secret, context.keys_in_flight, *context.ids}, purpose,
                           caller.actor, request);
  if (!identity) return refusal_of(identity.error());
  return *std::move(identity);
}

Routes::Routes(Router& router, Context context)
    : router_(router), context_(std::move(context)), known_(std::make_shared<Router>()) {}

void Routes::add(Method method, std::string_view path, Handler handler, ErrorForm form,
                 Patience patience) {
  const auto whole = fmt::format("{}{}", root, path);
  known_->add(method, whole, [](const Request&, Responder) {});
  router_.add(
      method, whole,
      [context = context_, handler = std::move(handler), form](const Request& request,
                                                               Responder respond) {
        const Reply reply(std::move(respond), form);
        const auto caller = caller_of(*context, request);
        if (!caller) return reply(caller.error());
        handler(context, request, *caller, reply);
      },
      patience);
}

void Routes::add_page(std::string_view path, Handler handler) {
  known_->add(Method::get, path, [](const Request&, Responder) {});
  pages_.emplace_back(path);
  router_.add(Method::get, path,
              [context = context_, handler = std::move(handler)](const Request& request,
                                                                 Responder respond) {
                handler(context, request, Caller{"anonymous"}, Reply(std::move(respond)));
              });
}

void Routes::add_fallbacks() {
  const auto answer = [known = known_](const Request& request, Responder respond) {
    const auto& fault = request.fault;
    const auto& path = request.path;
    std::vector<std::string_view> parameters;
    const bool has_slash_too_many =
        fault.status == 404 && path.size() > 1 && path.ends_with('/') &&
        known->match(request.method, path.substr(0, path.size() - 1), parameters).status != 404;
    respond(
        refused(has_slash_too_many ? redirect_to(request) : refusal_of(fault), form_below(path)));
  };
  router_.fallback(root, answer);
  for (const auto& page : pages_) router_.fallback(page, answer);
}

}  // namespace orrery::aifactory
