#pragma once

#include <optional>

#include "cli/configuration.hpp"
#include "http/native/catalog/offer_catalog.hpp"

namespace orrery {

class CommandGateway;
struct ReadModels;

/// What the configuration wants to be for sale: its file, or with `dev` the built-in catalogue;
/// nothing where it says nothing. Throws `StartFailure` where the file is wrong.
std::optional<OfferCatalog> configured_catalog(const Configuration& configuration);

/// Brings what is for sale to what `catalog` says: what differs becomes events, and nothing else
/// does. Blocks until all of it is durable, so call it from no actor and no serving thread. Throws
/// `StartFailure`.
void load_catalog(const OfferCatalog& catalog, CommandGateway& gateway, const ReadModels& models);

}  // namespace orrery
