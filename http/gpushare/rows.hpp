#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include "events/envelope.hpp"
#include "events/sealed.hpp"
#include "http/gpushare/access.hpp"
#include "http/gpushare/context.hpp"
#include "http/server/message.hpp"

namespace orrery::gpushare {

// What the rows of all kinds share.

/// The id in a path as the views know it; empty where no row can be called so.
std::string row_id(std::string_view segment);

/// Which clients a body may name where `caller` asks for `operation`, for `Fields::row`: those who
/// are there, and whose it may be. What is in the arguments must outlive the function.
std::function<bool(std::string_view id)> nameable_clients(const GpushareContext& context,
                                                          Operation operation,
                                                          const Caller& caller);

/// What is sealed, as JSON; null where nothing is. Nothing where the person was erased.
std::optional<boost::json::value> opened(const GpushareContext& context, const Sealed& sealed);

/// The number that an id is.
boost::json::value number_json(std::string_view id);

/// "2019-08-24T14:15:22.120000Z", and without a fraction that is zero.
std::string time_text(Time time);

/// A body of JSON.
Response answer(unsigned status, const boost::json::value& body);

/// 204.
Response nothing();

}  // namespace orrery::gpushare
