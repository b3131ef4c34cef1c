#pragma once

#include <boost/json/value.hpp>

#include "http/mkinf/context.hpp"
#include "projections/operations/operation_view.hpp"

namespace orrery::mkinf {

/// What an operation came to: null while it runs, {code, message} where it failed, else the
/// resource as it was when the operation ended, whatever became of it since: its history up to
/// then, folded again from the log.
boost::json::value result_json(const MkinfContext& context, const OperationDetails& operation);

}  // namespace orrery::mkinf
