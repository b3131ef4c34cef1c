#include "http/aicenter/center/center_call.hpp"

#include <chrono>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "events/folds/billing_terms.hpp"
#include "http/json/timestamp.hpp"
#include "storage/clock.hpp"

namespace orrery::aicenter {
namespace {

constexpr std::string_view nobody = "nobody";

std::string sentence_of(std::string_view rejection) {
  std::string sentence(rejection);
  for (auto& letter : sentence)
    if (letter == '_') letter = ' ';
  return sentence;
}

bool may(const Caller& caller, Need need) {
  switch (need) {
    case Need::nobody:
    case Need::user:
      return true;
    case Need::operator_:
      return caller.is_operator();
    case Need::administrator:
      return caller.is_administrator();
  }
  return false;
}

Response forbidden(Need need) {
  const auto message = fmt::format("This needs an {} of the center.",
                                   need == Need::operator_ ? "operator" : "administrator");
  return problem({403, "forbidden", message});
}

/// Whose Idempotency-Keys those are.
RequestIdentity plain_identity(const AicenterContext& context) {
  RequestIdentity identity;
  identity.ids = std::shared_ptr<IdSource>(context.ids, [](IdSource*) {});
  return identity;
}

void begin(const Context& context, const Request& request, std::optional<Caller> caller,
           const Reply& reply, const std::string& purpose, const CenterHandler& handler) {
  auto identity = plain_identity(*context);
  if (request.method == Method::post) {
    const auto actor = caller ? caller->actor() : std::string(nobody);
    auto named = identity_of(*context, purpose, actor, request);
    if (!named) return reply(named.error());
    identity = *std::move(named);
  }
  handler(std::make_shared<CenterCall>(context, request, std::move(caller), reply,
                                       std::move(identity)));
}

}  // namespace

std::int64_t CenterCall::now_s() const { return seconds_of(context_->clock->now()); }

void CenterCall::answer(const boost::json::value& body, unsigned status) const {
  Response response;
  response.status = status;
  response.body = boost::json::serialize(body);
  response.headers.emplace_back("Cache-Control", "no-store");
  reply_(std::move(response));
}

void CenterCall::done() const {
  Response response;
  response.status = 204;
  reply_(std::move(response));
}

void CenterCall::refuse(unsigned status, std::string_view code, std::string_view message) const {
  auto response = problem({status, code, message});
  if (status == 503) response.headers.emplace_back("Retry-After", "1");
  reply_(std::move(response));
}

void CenterCall::not_found(std::string_view what) const {
  refuse(404, "not_found", fmt::format("{} not found", what));
}

void CenterCall::unavailable() const {
  refuse(503, "unavailable", "Nothing can be changed now, try again later.");
}

void CenterCall::refuse_command(std::string_view rejection) const {
  if (rejection.ends_with("_does_not_exist"))
    return refuse(404, "not_found", sentence_of(rejection));
  const bool wrong_words =
      rejection.find("_must_") != std::string_view::npos || rejection == "name_is_not_a_login_name";
  refuse(wrong_words ? 400 : 409, rejection, sentence_of(rejection));
}

Origin CenterCall::origin() const {
  return {caller_ ? caller_->actor() : std::string(nobody), 0, request_.request_id};
}

void add_center_route(Routes& routes, Method method, std::string_view path, Need need,
                      CenterHandler handler) {
  const auto full = std::string(native_root).append(path);
  const auto purpose = "center " + full;
  if (need == Need::nobody) {
    routes.add_open(method, full,
                    [=, handler = std::move(handler)](const Context& context,
                                                      const Request& request, const Reply& reply) {
                      begin(context, request, std::nullopt, reply, purpose, handler);
                    });
    return;
  }
  routes.add(method, full,
             [=, handler = std::move(handler)](const Context& context, const Request& request,
                                               const Caller& caller, const Reply& reply) {
               if (!may(caller, need)) return reply(forbidden(need));
               if (request.method != Method::get && request.method != Method::head)
                 if (const auto refusal = suspension_of(*context, caller, "orrery"))
                   return reply(*refusal);
               begin(context, request, caller, reply, purpose, handler);
             });
}

boost::json::value time_json(std::int64_t seconds) {
  if (seconds == 0) return nullptr;
  return boost::json::value(rfc3339_seconds(Time(std::chrono::seconds(seconds))));
}

boost::json::value text_json(std::string_view text) {
  return text.empty() ? boost::json::value(nullptr) : boost::json::value(text);
}

std::optional<std::int64_t> read_moment(JsonFields& fields, std::string_view name) {
  const auto text = fields.optional_string(name, 64);
  if (!text) return std::nullopt;
  const auto time = read_rfc3339(*text);
  if (!time) {
    fields.refuse(name, R"(must be a time such as "2027-01-31T12:00:00Z")");
    return std::nullopt;
  }
  return seconds_of(*time);
}

}  // namespace orrery::aicenter
