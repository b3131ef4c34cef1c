#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <boost/json/object.hpp>
#include <boost/url/parse.hpp>

#include "http/json/calendar_date.hpp"
#include "http/mkinf/answers.hpp"
#include "http/mkinf/billing_session.hpp"
#include "http/mkinf/errors.hpp"
#include "http/mkinf/invoice_page.hpp"
#include "http/mkinf/resources.hpp"
#include "http/mkinf/usage_request.hpp"
#include "projections/metering/metering_view.hpp"
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

/// Everybody's usage of the organization, whoever opens the page.
std::vector<ProjectDetails> projects_of(const Context& context, std::string organization_id) {
  Principal anybody;
  anybody.kind = Principal::Kind::organization_key;
  anybody.organization_id = std::move(organization_id);
  return context->identity->projects_of(anybody);
}

Invoice invoice_of(const Context& context, const BillingSession& session,
                   OrganizationDetails organization, std::chrono::sys_days month) {
  const auto now = context->clock->now();
  Invoice invoice;
  invoice.projects = projects_of(context, organization.id);
  invoice.organization = std::move(organization);
  invoice.month = month;
  invoice.until = std::min(now, Time(month_after(month)));
  invoice.return_url = session.return_url;
  UsageQuery query;
  for (const auto& project : invoice.projects) query.projects.push_back(project.id);
  query.until = now;
  query.monthly = true;
  std::set<std::chrono::sys_days> months{first_of_month(now), month};
  for (const auto& row : context->metering->usage(query)) months.insert(row.date);
  invoice.months.assign(months.rbegin(), months.rend());
  query.from = month;
  query.until = invoice.until;
  invoice.lines = context->metering->charges(query);
  return invoice;
}

Response page_answer(const Invoice& invoice) {
  Response response;
  response.content_type = "text/html; charset=utf-8";
  response.body = invoice_page(invoice);
  response.headers.emplace_back("Content-Security-Policy", invoice_page_policy());
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

void give_url(const Context& context, const Request& request, const Principal& principal,
              const Reply& reply) {
  const auto organization_id = request.path_parameters[0];
  if (!context->gate().identity->may_reach_organization(principal, organization_id))
    return reply(not_found("organization"));
  if (principal.kind == Principal::Kind::project_key)
    return reply(error(403, "forbidden",
                       "The bill is the organization's: use its key or sign in, not a key of one "
                       "project"));
  auto return_url = request.query_parameter("return_url");
  if (!return_url.empty() && !is_web_url(return_url))
    return reply(bad_request("return_url must be an http or https URL"));
  const BillingSession session{std::string(organization_id),
                               context->gate().clock->now() + session_lifetime,
                               std::move(return_url)};
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
  if (!session || context->gate().clock->now() >= session->ends_at)
    return reply(not_found("billing session"));
  auto organization = context->identity->organization(session->organization_id);
  if (!organization) return reply(not_found("billing session"));
  const auto text = request.query_parameter("month");
  const auto this_month = first_of_month(context->clock->now());
  const auto month = text.empty() ? this_month : read_month(text);
  if (!month || *month > this_month)
    return reply(bad_request("month must be one such as 2024-06, and not be in the future"));
  reply(page_answer(invoice_of(context, *session, *std::move(organization), *month)));
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
