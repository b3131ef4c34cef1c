#include <boost/json/array.hpp>

#include "http/native/admin/admin_body.hpp"
#include "http/native/admin/admin_resources.hpp"
#include "http/native/admin/admin_routes.hpp"
#include "http/native/catalog/catalog_changes.hpp"
#include "http/native/catalog/offer_catalog.hpp"
#include "projections/catalogue/catalogue_view.hpp"
#include "projections/offers/offers_view.hpp"

namespace orrery::admin {
namespace {

void show(const Call& call) {
  call->answer(catalog_json(catalog_of(*call->context().offers->current())));
}

boost::json::object answer_of(const std::vector<CatalogChange>& changes,
                              const std::vector<std::string>& warnings, bool is_done) {
  boost::json::array items;
  for (const auto& change : changes) items.push_back(change_json(change));
  return {{"items", std::move(items)},
          {"warnings", boost::json::array(warnings.begin(), warnings.end())},
          {"applied", is_done}};
}

void replace(const Call& call) {
  const auto dry_run = call->request().query_parameter("dry_run");
  if (!dry_run.empty() && dry_run != "true" && dry_run != "false")
    return call->wrong("dry_run must be true or false");
  with_body(call, read_catalog, [&](const OfferCatalog& wish) {
    auto changes = catalog_changes(*call->context().offers->current(), wish);
    const bool is_done = dry_run != "true";
    const auto warnings = warnings_of(wish, *call->context().catalogue->current());
    auto answer = answer_of(changes, warnings, is_done);
    if (!is_done) return call->answer(answer);
    make_changes(*call->context().gateway, call->origin(), std::move(changes),
                 [call, answer = std::move(answer)](const std::optional<std::string>& failure) {
                   if (!failure) return call->answer(answer);
                   call->refuse(503, "unavailable",
                                "Not all of it could be applied: " + *failure +
                                    ". Send it again later; what has happened stays.");
                 });
  });
}

}  // namespace

void add_catalog(AdminRoutes& routes) {
  routes.add(Method::get, "/orrery/v1/catalog", AdminAction::see_catalog, show);
  routes.add(Method::put, "/orrery/v1/catalog", AdminAction::change_catalog, replace);
}

}  // namespace orrery::admin
