#include <fmt/format.h>
#include <boost/algorithm/string/replace.hpp>
#include <boost/json/object.hpp>
#include <boost/url/parse.hpp>

#include "http/mkinf/answers.hpp"
#include "http/mkinf/billing_session.hpp"
#include "http/mkinf/errors.hpp"
#include "http/mkinf/resources.hpp"
#include "storage/clock.hpp"

namespace orrery::mkinf {

namespace {

constexpr std::chrono::minutes session_lifetime{30};
constexpr std::size_t return_url_bytes_max = 2048;

bool is_web_url(std::string_view text) {
  const auto url = boost::urls::parse_uri(text);
  if (text.size() > return_url_bytes_max || !url || url->host().empty()) return false;
  return url->scheme_id() == boost::urls::scheme::http ||
         url->scheme_id() == boost::urls::scheme::https;
}

std::string escaped(std::string text) {
  for (const auto& [letter, entity] :
       {std::pair{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}})
    boost::algorithm::replace_all(text, letter, entity);
  return text;
}

Response billing_page(const OrganizationDetails& organization, const BillingSession& session) {
  const auto back = session.return_url.empty()
                        ? std::string()
                        : fmt::format(R"(<p><a href="{}" rel="noreferrer">Back</a></p>)",
                                      escaped(session.return_url));
  Response response;
  response.content_type = "text/html; charset=utf-8";
  response.body = fmt::format(
      "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Billing</title>"
      "<h1>Billing of {}</h1><p>Customer {}. This server charges nobody: no payment method is "
      "needed.</p>{}</html>\n",
      escaped(organization.name), escaped(organization.stripe_customer_id), back);
  response.headers.emplace_back("Content-Security-Policy", "default-src 'none'");
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

void give_url(const Context& context, const Request& request, const Principal& principal,
              const Reply& reply) {
  const auto organization_id = request.path_parameters[0];
  if (!context->identity->may_reach_organization(principal, organization_id))
    return reply(not_found("organization"));
  auto return_url = request.query_parameter("return_url");
  if (!return_url.empty() && !is_web_url(return_url))
    return reply(bad_request("return_url must be an http or https URL"));
  const BillingSession session{std::string(organization_id),
                               context->clock->now() + session_lifetime, std::move(return_url)};
  const auto base = context->base_url.empty()
                        ? fmt::format("{}://{}", context->scheme, request.header("host"))
                        : context->base_url;
  const auto url = fmt::format("{}{}/billing/sessions/{}", base, reply.surface().root,
                               to_text(session, context->secret));
  reply(ok(boost::json::object{{"url", url}}));
}

/// Opened by a browser: the URL itself is the credential.
void show_page(const Context& context, const Request& request, const Reply& reply) {
  const auto session = read_billing_session(request.path_parameters[0], context->secret);
  if (!session || context->clock->now() >= session->ends_at)
    return reply(not_found("billing session"));
  const auto organization = context->identity->organization(session->organization_id);
  if (!organization) return reply(not_found("billing session"));
  reply(billing_page(*organization, *session));
}

}  // namespace

void add_billing(Routes& routes) {
  const auto& surface = routes.surface();
  routes.add(Method::get, fmt::format("{}/{{organization_id}}/billing", surface.organizations),
             give_url);
  routes.add_open(Method::get, fmt::format("{}/billing/sessions/{{session}}", surface.root),
                  show_page);
}

}  // namespace orrery::mkinf
