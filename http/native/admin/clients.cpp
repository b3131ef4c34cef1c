#include "actors/client/client.hpp"

#include <algorithm>

#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>

#include "http/gpushare/context.hpp"
#include "http/gpushare/dispatcher.hpp"
#include "http/native/admin/admin_body.hpp"
#include "http/native/admin/admin_resources.hpp"
#include "http/native/admin/admin_routes.hpp"
#include "projections/clients/client_view.hpp"
#include "projections/runtime/numbered_map.hpp"
#include "storage/subject_keys.hpp"

namespace orrery::admin {
namespace {

constexpr std::string_view roles_wanted = "must be user, gpu_provider or admin";

const ClientView& clients_of(const Call& call) { return *call->context().gpushare->clients; }

boost::json::value opened(const Call& call, const Sealed& sealed) {
  const auto text = call->context().subject_keys->open(sealed);
  return text ? boost::json::value(*text) : boost::json::value(nullptr);
}

boost::json::object client_json(const Call& call, const MarketClient& client) {
  return {{"id", client.id},
          {"username", opened(call, client.names.username)},
          {"email", opened(call, client.names.email)},
          {"email_verified", client.email_is_verified},
          {"role", boost::describe::enum_to_string(client.role, "unknown")},
          {"approved", client.is_provider_approved},
          {"provider_since", client.provider_since
                                 ? boost::json::value(rfc3339_seconds(*client.provider_since))
                                 : boost::json::value(nullptr)},
          {"devices", client.devices.size()},
          {"registered_at", rfc3339_seconds(client.registered_at)}};
}

void show(const Call& call, const std::string& id) {
  const auto client = clients_of(call).find(id);
  if (!client) return call->not_found("client");
  call->answer(client_json(call, *client));
}

/// Names are found whole only: the view knows keyed digests of them.
std::vector<ClientView::Client> named(const Call& call) {
  const auto& secret = call->context().secret;
  const auto username = call->request().query_parameter("username");
  const auto email = call->request().query_parameter("email");
  if (username.empty() && email.empty()) return clients_of(call).list();
  const auto client = username.empty()
                          ? clients_of(call).by_email(secret.email_key(email))
                          : clients_of(call).by_username(secret.username_key(username));
  return client ? std::vector{client} : std::vector<ClientView::Client>{};
}

/// Which clients a list shows.
struct Wish {
  std::optional<ClientRole> role;
  std::optional<bool> approved;

  bool passes(const MarketClient& client) const {
    return (!role || client.role == *role) &&
           (!approved || client.is_provider_approved == *approved);
  }
};

/// Answers, and gives nothing, where the query is wrong.
std::optional<Wish> read_wish(const Call& call) {
  Wish wish;
  if (const auto role = call->request().query_parameter("role"); !role.empty()) {
    ClientRole wanted{};
    if (!boost::describe::enum_from_string(role.c_str(), wanted))
      return call->wrong("role " + std::string(roles_wanted)), std::nullopt;
    wish.role = wanted;
  }
  if (const auto approved = call->request().query_parameter("approved"); !approved.empty()) {
    if (approved != "true" && approved != "false")
      return call->wrong("approved must be true or false"), std::nullopt;
    wish.approved = approved == "true";
  }
  return wish;
}

void list(const Call& call) {
  const auto limit = page_size(call->request());
  if (!limit) return call->wrong(page_size_wanted);
  const auto wish = read_wish(call);
  if (!wish) return;
  const auto all = named(call);
  const auto after = call->request().query_parameter("after");
  auto next =
      std::ranges::upper_bound(all, std::string_view(after), NumberOrder{},
                               [](const auto& client) { return std::string_view(client->id); });
  std::vector<ClientView::Client> page;
  for (; next != all.end() && page.size() < *limit; ++next)
    if (wish->passes(**next)) page.push_back(*next);
  auto json = listed(page, [&](const auto& client) { return client_json(call, *client); });
  if (page.size() == *limit) json["next"] = page.back()->id;
  call->answer(json);
}

template <class C>
void change(const Call& call, C command) {
  const auto id = call->parameter(0);
  if (!clients_of(call).find(id)) return call->not_found("client");
  order<Client>(call, id, std::move(command), [=] { show(call, id); });
}

void change_role(const Call& call) {
  const auto read = [](JsonFields& fields) {
    ClientRole role{};
    const auto word = fields.required_string("role", 16);
    if (!fields.problem() && !boost::describe::enum_from_string(std::string(word).c_str(), role))
      fields.refuse("role", roles_wanted);
    return role;
  };
  with_body(call, read, [&](ClientRole role) { change(call, Client::ChangeRole{role}); });
}

void erase_key(const Call& call, const std::string& id) {
  if (!call->context().subject_keys->erase(client_subject(id)))
    return call->refuse(503, "unavailable",
                        "The client is gone, but the key could not be erased: try again.");
  call->done();
}

/// He is gone first, so that nothing new is sealed for him. Asked again, or of one who was refused
/// his first names, it makes sure of the key.
void erase(const Call& call) {
  const auto id = call->parameter(0);
  if (!clients_of(call).find(id)) {
    const auto erased = clients_of(call).erased();
    const bool is_known = std::ranges::find(erased, id) != erased.end();
    return is_known ? erase_key(call, id) : call->not_found("client");
  }
  order<Client>(call, id, Client::Erase{}, [=] {
    if (auto* dispatcher = call->context().gpushare->dispatcher) dispatcher->cancel_all_of(id);
    erase_key(call, id);
  });
}

}  // namespace

void add_clients(AdminRoutes& routes) {
  constexpr std::string_view one = "/orrery/v1/clients/{client_id}";
  const auto add = [&](Method method, std::string_view rest, AdminAction action,
                       AdminRoutes::Handler handler) {
    routes.add(method, std::string(one).append(rest), action, std::move(handler));
  };
  routes.add(Method::get, "/orrery/v1/clients", AdminAction::see_accounts, list);
  add(Method::get, "", AdminAction::see_accounts,
      [](const Call& call) { show(call, call->parameter(0)); });
  add(Method::delete_, "", AdminAction::erase_person, erase);
  add(Method::post, "/approve", AdminAction::change_accounts,
      [](const Call& call) { change(call, Client::ApproveProvider{}); });
  add(Method::post, "/suspend", AdminAction::change_accounts,
      [](const Call& call) { change(call, Client::SuspendProvider{}); });
  add(Method::post, "/role", AdminAction::change_accounts, change_role);
}

}  // namespace orrery::admin
