#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/json/object.hpp>

#include "actors/container_image/container_image.hpp"
#include "actors/region/region.hpp"
#include "actors/sku/sku.hpp"
#include "events/envelope.hpp"
#include "http/native/catalog/offer_catalog.hpp"

namespace orrery {

class CommandGateway;

/// One entry that must change so that what is on offer is what a catalogue says.
struct CatalogChange {
  enum class Kind : std::uint8_t { added, changed, withdrawn };
  /// A value that differs; empty on the side where there was, or will be, none.
  struct Field {
    std::string key;
    std::string from;
    std::string to;
  };

  /// "region", "sku" or "image".
  std::string_view entry;
  std::string id;
  Kind kind = Kind::added;
  /// What differs, where the entry is changed.
  std::vector<Field> fields;
  std::variant<Region::Command, Sku::Command, ContainerImage::Command> command;
};

/// In the order in which they can be made: regions come before what is sold in them, and go after
/// it. Empty where nothing differs.
std::vector<CatalogChange> catalog_changes(const Offers& offers, const OfferCatalog& catalog);

/// {"entry": "sku", "id": "66", "change": "changed", "fields": [{"key", "from", "to"}], "text": …}
boost::json::object change_json(const CatalogChange& change);

/// "sku 66: price 2.50 → 2.00", for people.
std::string change_line(const CatalogChange& change);

/// Makes the changes one after the other, so that what is new is shown in the catalogue's order.
/// Calls `done`, on some thread, when all are durable, or with the reason why one could not be
/// made; the same catalogue can be sent again then, and only the rest happens.
void make_changes(CommandGateway& gateway, Origin origin, std::vector<CatalogChange> changes,
                  std::function<void(std::optional<std::string> failure)> done);

}  // namespace orrery
