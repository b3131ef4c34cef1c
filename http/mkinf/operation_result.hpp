#pragma once

#include <boost/json/value.hpp>

#include "http/mkinf/context.hpp"
#include "projections/operations/operation_view.hpp"

namespace orrery::mkinf {

/// What an operation came to: null while it runs, {code, message} where it failed, else the
/// resource as the operation left it, as far as that is known: what others changed about it since
/// may show.
boost::json::value result_json(const MkinfContext& context, const OperationDetails& operation);

}  // namespace orrery::mkinf
