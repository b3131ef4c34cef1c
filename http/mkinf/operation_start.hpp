#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "events/operation_events.hpp"
#include "http/mkinf/route_table.hpp"
#include "projections/operations/operation_view.hpp"

namespace orrery::mkinf {

/// The operation as it started, whatever became of it since.
boost::json::object started_json(const MkinfContext& context, OperationDetails operation);

/// `{"operation":…}` as the request that started it was answered, byte for byte.
Response started_answer(const MkinfContext& context, OperationDetails operation);

/// Starts the operation and answers with it, once it is durable and every view knows it.
/// `shown_request` is its `metadata.request`.
void start_operation(const Context& context, const Request& request, const Principal& principal,
                     Starting starting, OperationStarted started, boost::json::value shown_request,
                     Reply reply);

/// The same where `metadata.request` follows from the goal alone.
void start_operation(const Context& context, const Request& request, const Principal& principal,
                     Starting starting, OperationStarted started, Reply reply);

}  // namespace orrery::mkinf
