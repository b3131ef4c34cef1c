#pragma once

#include <optional>
#include <string_view>

#include <boost/json/object.hpp>

#include "events/sharing_events.hpp"
#include "http/gpushare/context.hpp"
#include "http/gpushare/fields.hpp"
#include "projections/sharing/sharing_view.hpp"

namespace orrery::gpushare {

/// Takes what a body says of a machine into `facts`, in the order of the document; what it needn't
/// say and doesn't stays as it is. Numbers are taken as they are written.
void read_machine_facts(Fields& fields, MachineFacts& facts);

/// Why a client can't describe one more machine: he has described so many; nothing where he can.
std::optional<Refusal> too_many_records(const GpushareContext& context, std::string_view client_id);

/// The description of a machine as the document shows it.
boost::json::object gpu_record_json(const GpuRecordDetails& record);

}  // namespace orrery::gpushare
