#include <algorithm>

#include "actors/wallet/wallet.hpp"
#include "http/json/cny.hpp"
#include "http/native/admin/admin_body.hpp"
#include "http/native/admin/admin_resources.hpp"
#include "http/native/admin/admin_routes.hpp"
#include "http/native/admin/namespace_json.hpp"
#include "storage/clock.hpp"

namespace orrery::admin {
namespace {

/// Nobody sees one that isn't his.
bool reaches(const Principal& principal, const WalletDetails& wallet) {
  return namespace_caller(principal, wallet.namespace_id, wallet.account_id) !=
         AdminCaller::stranger;
}

std::vector<WalletDetails> reached(const Call& call) {
  const auto& wallets = *call->context().wallets;
  const auto& principal = call->principal();
  if (principal.kind == Principal::Kind::session) return wallets.of_account(principal.account_id);
  auto all = wallets.all();
  std::erase_if(all, [&](const WalletDetails& wallet) { return !reaches(principal, wallet); });
  return all;
}

/// By id; `next` of an answer is the last id in it.
void list(const Call& call) {
  const auto limit = page_size(call->request());
  if (!limit) return call->wrong(page_size_wanted);
  auto wallets = reached(call);
  const auto after = call->request().query_parameter("after");
  std::erase_if(wallets, [&](const WalletDetails& each) { return each.namespace_id <= after; });
  const bool is_more = wallets.size() > *limit;
  if (is_more) wallets.resize(*limit);
  auto json =
      listed(wallets, [&](const WalletDetails& wallet) { return namespace_json(call, wallet); });
  if (is_more) json["next"] = wallets.back().namespace_id;
  call->answer(json);
}

struct Opening {
  /// Empty: drawn.
  std::string namespace_id;
  std::string account_id;
};

/// It stands in paths, stream names and names of images, whose parts begin and end with no dash.
bool is_namespace_id(std::string_view id) {
  return id.size() <= 63 && !id.starts_with('-') && !id.ends_with('-') &&
         std::ranges::all_of(id, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

Opening read_opening(const Call& call, JsonFields& fields) {
  Opening opening;
  opening.namespace_id = fields.optional_string("id", id_bytes_max).value_or("");
  if (!is_namespace_id(opening.namespace_id))
    fields.refuse("id", "must be at most 63 small letters, digits and, between them, dashes");
  opening.account_id = fields.optional_string("account_id", id_bytes_max).value_or("");
  if (!opening.account_id.empty() && !call->context().identity->account(opening.account_id))
    fields.refuse("account_id", "must be the id of an account");
  return opening;
}

void open(const Call& call) {
  with_body(
      call, [&](JsonFields& fields) { return read_opening(call, fields); },
      [&](Opening opening) {
        auto id = call->ids().uuid();
        if (!opening.namespace_id.empty()) id = opening.namespace_id;
        order<Wallet>(call, id, Wallet::Open{{std::move(opening.account_id)}},
                      [=] { show_namespace(call, id, 201); });
      });
}

}  // namespace

boost::json::object namespace_json(const Call& call, const WalletDetails& wallet) {
  const auto now_s = seconds_of(call->context().clock->now());
  const auto coupons = call->context().wallets->usable_coupons_fen(wallet.namespace_id, now_s);
  return {{"id", wallet.namespace_id},
          {"account_id", text_json(wallet.account_id)},
          {"opened_at", rfc3339_seconds(wallet.opened_at)},
          {"balance", cny_text(wallet.balance_fen)},
          {"usable_coupons", cny_text(coupons)},
          {"in_debt", wallet.in_debt()}};
}

void show_namespace(const Call& call, const std::string& id, unsigned status) {
  const auto wallet = call->context().wallets->find(id);
  if (!wallet) return call->not_found("namespace");
  call->answer(namespace_json(call, *wallet), status);
}

void add_namespaces(AdminRoutes& routes) {
  routes.add_own(Method::get, "/orrery/v1/namespaces", list);
  routes.add(Method::post, "/orrery/v1/namespaces", AdminAction::open_namespace, open);
  routes.add(Method::get, "/orrery/v1/namespaces/{namespace_id}", AdminAction::see_namespace,
             [](const Call& call) { show_namespace(call, call->parameter(0), 200); });
}

}  // namespace orrery::admin
