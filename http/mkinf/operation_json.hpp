#pragma once

#include <string>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "http/mkinf/context.hpp"
#include "projections/operations/operation_view.hpp"

namespace orrery::mkinf {

/// The API's name of a state, such as "IN_PROGRESS".
std::string_view state_name(OperationState state);

/// The operation object of the document. `request` goes into its metadata; `result` is null while
/// it runs, then the resource, or {code, message}.
boost::json::object operation_json(const OperationDetails& operation, boost::json::value request,
                                   boost::json::value result);

/// `metadata.request`. Reads its personal part from the log; what was erased is left out.
boost::json::value request_of(const MkinfContext& context, const OperationDetails& operation);

/// The bytes of one operation, with its request and its result.
std::string render_operation(const MkinfContext& context, const OperationDetails& operation);

}  // namespace orrery::mkinf
