#include <utility>

#include "cli/admin_arguments.hpp"

namespace orrery::admin_arguments {
namespace {

constexpr auto token = in_path("token_id", "id of the token");
constexpr auto days =
    optional("days", "for how many days it is good; 3650, if absent", Form::count);
constexpr auto amount = required("amount", "CNY, such as 100.00");
constexpr auto payment_id =
    optional("id", "names the payment: the same one counts once; drawn, if absent");

std::vector<AdminVerb> namespaces() {
  return {
      {"namespace",
       "list",
       "all that the key reaches",
       "GET",
       "/namespaces",
       {},
       {"id", "account_id", "balance", "usable_coupons", "in_debt", "opened_at"}},
      {"namespace",
       "open",
       "open one",
       "POST",
       "/namespaces",
       {optional("id", "small letters, digits and dashes; drawn, if absent"),
        optional("account_id", "the person who manages it; operators alone, if absent")},
       {}},
      {"namespace",
       "show",
       "one, with its balance",
       "GET",
       "/namespaces/{namespace_id}",
       {namespace_},
       {}},
  };
}

std::vector<AdminVerb> tokens() {
  return {
      {"token",
       "list",
       "tokens of a namespace",
       "GET",
       "/namespaces/{namespace_id}/tokens",
       {namespace_},
       {"id", "name", "created_at", "expires_at", "expired"}},
      {"token",
       "create",
       "create one; it is shown this once",
       "POST",
       "/namespaces/{namespace_id}/tokens",
       {namespace_, name, days},
       {}},
      {"token",
       "show",
       "one",
       "GET",
       "/namespaces/{namespace_id}/tokens/{token_id}",
       {namespace_, token},
       {}},
      {"token",
       "regenerate",
       "give it another secret, shown this once; the old one is dead",
       "POST",
       "/namespaces/{namespace_id}/tokens/{token_id}/regenerate",
       {namespace_, token, days},
       {}},
      {"token",
       "revoke",
       "end it at once",
       "DELETE",
       "/namespaces/{namespace_id}/tokens/{token_id}",
       {namespace_, token},
       {}},
  };
}

std::vector<AdminVerb> money() {
  return {
      {"topup",
       "add",
       "pay money in; it is never paid out",
       "POST",
       "/namespaces/{namespace_id}/top-ups",
       {namespace_, amount, payment_id},
       {}},
      {"coupon",
       "list",
       "coupons of a namespace, in the order in which they are used up",
       "GET",
       "/namespaces/{namespace_id}/coupons",
       {namespace_},
       {"id", "granted", "left", "expires_at", "usable"}},
      {"coupon",
       "grant",
       "grant one",
       "POST",
       "/namespaces/{namespace_id}/coupons",
       {namespace_, amount, required("expires_at", "such as 2027-01-31T00:00:00Z"), payment_id},
       {}},
      {"bill",
       "show",
       "line by line, each with the positions of the events behind it",
       "GET",
       "/namespaces/{namespace_id}/bill",
       {namespace_, in_query("from", "such as 2027-01-01T00:00:00Z"),
        in_query("to", "such as 2027-02-01T00:00:00Z")},
       {"time", "kind", "amount", "coupon_amount", "balance_after", "instance_id", "position",
        "causes"}},
      {"order",
       "list",
       "orders of a namespace, newest first",
       "GET",
       "/namespaces/{namespace_id}/orders",
       {namespace_},
       {"id", "instance_id", "sku_id", "selling_type", "price", "paid", "charged", "paid_until",
        "closed"}},
  };
}

std::vector<AdminVerb> stored_things() {
  return {
      {"volume",
       "list",
       "data volumes of a namespace",
       "GET",
       "/namespaces/{namespace_id}/volumes",
       {namespace_},
       {"id", "cluster", "size_gb", "instance_ids", "unmounted_since", "created_at"}},
      {"volume",
       "delete",
       "delete one that nothing has mounted, for good",
       "DELETE",
       "/namespaces/{namespace_id}/volumes/{volume_id}",
       {namespace_, in_path("volume_id", "id of the volume")},
       {}},
      {"saved-image",
       "list",
       "images that a namespace has saved",
       "GET",
       "/namespaces/{namespace_id}/images",
       {namespace_},
       {"id", "image", "instance_id", "size_bytes", "saved_at"}},
      {"saved-image",
       "delete",
       "delete one, for good",
       "DELETE",
       "/namespaces/{namespace_id}/images/{image_id}",
       {namespace_, in_path("image_id", "id of the image")},
       {}},
  };
}

}  // namespace

std::vector<AdminVerb> of_namespaces() {
  std::vector<AdminVerb> all;
  for (auto* part : {&namespaces, &tokens, &money, &stored_things})
    for (auto& verb : part()) all.push_back(std::move(verb));
  return all;
}

}  // namespace orrery::admin_arguments
