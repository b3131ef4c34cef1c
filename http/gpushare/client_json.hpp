#pragma once

#include <optional>

#include <boost/json/object.hpp>

#include "http/gpushare/caller.hpp"
#include "http/gpushare/context.hpp"

namespace orrery::gpushare {

/// A client as the document shows him; his token only to himself. Nothing where he was erased
/// meanwhile.
std::optional<boost::json::object> client_json(const GpushareContext& context, const Caller& caller,
                                               const MarketClient& client);

}  // namespace orrery::gpushare
