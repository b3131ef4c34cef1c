#pragma once

#include <optional>

#include "http/mkinf/context.hpp"
#include "projections/operations/operation_view.hpp"
#include "projections/vms/vm_view.hpp"

namespace orrery::mkinf {

/// The VM as it was when an operation on it ended, whatever became of it since: its history up to
/// then, folded again from the log. Nothing where there was no such VM.
std::optional<VmDetails> vm_at_end_of(const MkinfContext& context,
                                      const OperationDetails& operation);

}  // namespace orrery::mkinf
