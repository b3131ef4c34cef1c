#include "http/native/catalog/catalog_changes.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <boost/describe/enum_to_string.hpp>
#include <boost/json/array.hpp>

#include "actors/runtime/command_gateway.hpp"
#include "events/stream_name.hpp"
#include "http/native/catalog/offer_fields.hpp"
#include "projections/offers/offers_view.hpp"

namespace orrery {
namespace {

using Kind = CatalogChange::Kind;
using Changes = std::vector<CatalogChange>;

constexpr std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::added:
      return "added";
    case Kind::changed:
      return "changed";
    case Kind::withdrawn:
      return "withdrawn";
  }
  return "";
}

template <class D>
void compare(std::vector<CatalogChange::Field>& differences, std::string_view prefix,
             const std::vector<OfferField<D>>& fields, const D& before, const D& after) {
  for (const auto& field : fields) {
    auto from = field.get(before);
    auto to = field.get(after);
    if (from != to)
      differences.push_back(
          {std::string(prefix).append(field.key), std::move(from), std::move(to)});
  }
}

std::vector<CatalogChange::Field> differences(const RegionDeclared& before,
                                              const RegionDeclared& after) {
  std::vector<CatalogChange::Field> found;
  compare(found, "", region_fields(), before, after);
  return found;
}

/// A discount that comes or goes is named as a whole.
std::vector<CatalogChange::Field> differences(const SkuDeclared& before, const SkuDeclared& after) {
  std::vector<CatalogChange::Field> found;
  compare(found, "", sku_fields(), before, after);
  const bool on_both_sides = !before.discount.id.empty() && !after.discount.id.empty();
  if (on_both_sides)
    compare(found, "discount.", discount_fields(), before.discount, after.discount);
  else if (before.discount.id != after.discount.id)
    found.push_back({"discount", before.discount.id, after.discount.id});
  return found;
}

template <class A, class Offer, class Declaration>
void declare(Changes& changes, std::string_view entry, const Offer* known,
             const Offered<Declaration>& wish) {
  const bool is_new = !known || known->withdrawn;
  if (!is_new && known->declaration == wish.declaration) return;
  changes.push_back({entry, wish.id, is_new ? Kind::added : Kind::changed,
                     is_new ? std::vector<CatalogChange::Field>{}
                            : differences(known->declaration, wish.declaration),
                     typename A::Command(typename A::Declare{wish.declaration})});
}

template <class A, class Offers, class Wishes>
void withdraw(Changes& changes, std::string_view entry, const Offers& offers,
              const Wishes& wishes) {
  for (const auto& offer : offers)
    if (!offer.withdrawn &&
        std::ranges::find(wishes, offer.id, &Wishes::value_type::id) == wishes.end())
      changes.push_back(
          {entry, offer.id, Kind::withdrawn, {}, typename A::Command(typename A::Withdraw{})});
}

/// A published image is known by its name, which is its id.
void compare_images(Changes& changes, const Offers& offers, const OfferCatalog& catalog) {
  for (const auto& image : catalog.images)
    if (!offers.image(image))
      changes.push_back({"image",
                         image,
                         Kind::added,
                         {},
                         ContainerImage::Command(ContainerImage::Publish{{image}})});
  for (const auto& offer : offers.images)
    if (!offer.withdrawn && std::ranges::find(catalog.images, offer.image) == catalog.images.end())
      changes.push_back({"image",
                         offer.id,
                         Kind::withdrawn,
                         {},
                         ContainerImage::Command(ContainerImage::Withdraw{})});
}

/// Sends one command at a time; it keeps itself alive until the last answer.
struct Sending : std::enable_shared_from_this<Sending> {
  Sending(CommandGateway& to, Origin from, Changes all,
          std::function<void(std::optional<std::string>)> then)
      : gateway(to), origin(std::move(from)), changes(std::move(all)), done(std::move(then)) {}

  void go_on() {
    if (next == changes.size()) return done(std::nullopt);
    const auto& change = changes[next++];
    std::visit([&](const auto& command) { send(change.id, command); }, change.command);
  }

  template <class Command>
  void send(const std::string& id, const Command& command) {
    if constexpr (std::is_same_v<Command, Region::Command>)
      submit<Region>(id, command);
    else if constexpr (std::is_same_v<Command, Sku::Command>)
      submit<Sku>(id, command);
    else
      submit<ContainerImage>(id, command);
  }

  template <class A>
  void submit(const std::string& id, const typename A::Command& command) {
    gateway.submit<A>(
        {id, command, origin, {}}, [self = shared_from_this(), id](const auto& outcome) {
          if (outcome.has_error()) return self->done(outcome.error().reason);
          if (outcome->rejection)
            return self->done(
                fmt::format("{}: {}", stream_name(A::stream_prefix, id),
                            boost::describe::enum_to_string(*outcome->rejection, "refused")));
          self->go_on();
        });
  }

  CommandGateway& gateway;
  Origin origin;
  Changes changes;
  std::function<void(std::optional<std::string>)> done;
  std::size_t next = 0;
};

}  // namespace

std::vector<CatalogChange> catalog_changes(const Offers& offers, const OfferCatalog& catalog) {
  Changes changes;
  for (const auto& wish : catalog.regions)
    declare<Region>(changes, "region", offers.known_region(wish.id), wish);
  for (const auto& wish : catalog.skus)
    declare<Sku>(changes, "sku", offers.known_sku(wish.id), wish);
  compare_images(changes, offers, catalog);
  withdraw<Sku>(changes, "sku", offers.skus, catalog.skus);
  withdraw<Region>(changes, "region", offers.regions, catalog.regions);
  return changes;
}

boost::json::object change_json(const CatalogChange& change) {
  boost::json::array fields;
  for (const auto& field : change.fields)
    fields.push_back({{"key", field.key}, {"from", field.from}, {"to", field.to}});
  return {{"entry", change.entry},
          {"id", change.id},
          {"change", kind_name(change.kind)},
          {"fields", std::move(fields)},
          {"text", change_line(change)}};
}

std::string change_line(const CatalogChange& change) {
  auto line = fmt::format("{} {}: ", change.entry, change.id);
  if (change.kind != Kind::changed) return line.append(kind_name(change.kind));
  for (const auto& field : change.fields)
    line +=
        fmt::format("{}{} {} → {}", &field == &change.fields.front() ? "" : ", ", field.key,
                    field.from.empty() ? "none" : field.from, field.to.empty() ? "none" : field.to);
  return line;
}

void make_changes(CommandGateway& gateway, Origin origin, std::vector<CatalogChange> changes,
                  std::function<void(std::optional<std::string> failure)> done) {
  std::make_shared<Sending>(gateway, std::move(origin), std::move(changes), std::move(done))
      ->go_on();
}

}  // namespace orrery
