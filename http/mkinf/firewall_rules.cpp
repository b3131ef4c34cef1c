#include <fmt/format.h>

#include "http/mkinf/answers.hpp"
#include "http/mkinf/detail_answers.hpp"
#include "http/mkinf/firewall_rule_json.hpp"
#include "http/mkinf/firewall_rule_request.hpp"
#include "http/mkinf/list_query.hpp"
#include "http/mkinf/operation_start.hpp"
#include "http/mkinf/resources.hpp"
#include "projections/networks/network_view.hpp"
#include "projections/vms/vm_view.hpp"

namespace orrery::mkinf {

namespace {

/// What exists in the project now. What a rule names may go later: then the rule is inactive.
RuleReferences references_in(const Context& context, std::string_view project_id) {
  const auto is_network = [context, project_id](std::string_view id) {
    return context->networks->find_network(project_id, id).has_value();
  };
  const auto is_resource = [context, project_id, is_network](std::string_view id) {
    return is_network(id) || context->networks->find_subnet(project_id, id) ||
           context->vms->find(project_id, id);
  };
  return {is_network, is_resource};
}

void create(const Context& context, const Request& request, const Principal& principal,
            Starting starting, const Reply& reply) {
  const auto project_id = request.path_parameters[0];
  auto rule = read_firewall_rule_request(request.body, references_in(context, project_id));
  if (!rule) return reply(bad_request(rule.error().message));
  rule->project_id = project_id;
  auto rule_id = starting.identity.ids->uuid();
  OperationStarted started{std::string(project_id), std::move(rule_id),
                           CreateFirewallRule{*std::move(rule)}};
  start_operation(context, request, principal, std::move(starting), std::move(started), reply);
}

void change(const Context& context, const Request& request, const Principal& principal,
            Starting starting, const Reply& reply) {
  const auto project_id = request.path_parameters[0];
  auto rule = context->firewall_rules->find(project_id, request.path_parameters[1]);
  if (!rule) return reply(not_found("firewall rule"));
  auto match = read_firewall_rule_changes(request.body, std::move(rule->rule.match),
                                          references_in(context, project_id));
  if (!match) return reply(bad_request(match.error().message));
  OperationStarted started{std::string(project_id), rule->id,
                           ChangeFirewallRule{*std::move(match)}};
  start_operation(context, request, principal, std::move(starting), std::move(started), reply);
}

void remove(const Context& context, const Request& request, const Principal& principal,
            Starting starting, const Reply& reply) {
  const auto rule =
      context->firewall_rules->find(request.path_parameters[0], request.path_parameters[1]);
  if (!rule) return reply(not_found("firewall rule"));
  OperationStarted started{rule->rule.project_id, rule->id, DeleteFirewallRule{}};
  start_operation(context, request, principal, std::move(starting), std::move(started), reply);
}

/// The state changes with what the rule names, without an event of the rule: the tag tells both.
PreparedAnswer tagged_answer(const FirewallRuleDetails& rule) {
  auto answer = answer_of(rule, render_firewall_rule);
  answer.version = answer.version * 2 + (rule.active ? 1 : 0);
  return answer;
}

void get(const Context& context, const Request& request, const Principal&, const Reply& reply) {
  const auto rule =
      context->firewall_rules->find(request.path_parameters[0], request.path_parameters[1]);
  if (!rule) return reply(not_found("firewall rule"));
  reply(one_object(request, tagged_answer(*rule)));
}

void list(const Context& context, const Request& request, const Principal&, const Reply& reply) {
  const auto query = read_list_query(*context, request);
  if (!query) return reply(bad_request(query.error().message));
  const auto ids = filter_words(request, "ids");
  const auto names = filter_words(request, "names");
  const auto filter = [&](const FirewallRuleDetails& rule) {
    return lets_through(ids, rule.id) && lets_through(names, rule.rule.match.name);
  };
  const auto page = context->firewall_rules->list(request.path_parameters[0], query->page, filter);
  reply(ok(render_list(*context, *query, answers_of(page, render_firewall_rule))));
}

}  // namespace

void add_firewall_rules(Routes& routes) {
  const auto& rules = routes.surface().firewall_rules;
  const auto one = fmt::format("{}/{{firewall_rule_id}}", rules);
  routes.add_start(Method::post, rules, create);
  routes.add(Method::get, rules, list);
  routes.add(Method::get, one, get);
  routes.add_start(Method::patch, one, change);
  routes.add_start(Method::delete_, one, remove);
}

}  // namespace orrery::mkinf
