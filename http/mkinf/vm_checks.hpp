#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/system/result.hpp>

#include "http/mkinf/context.hpp"
#include "http/mkinf/errors.hpp"
#include "http/mkinf/vm_change_request.hpp"
#include "http/mkinf/vm_request.hpp"
#include "projections/vms/vm_view.hpp"

namespace orrery::mkinf {

/// What the views already show to be impossible is refused at once, with a sentence that says why.
/// Whoever is overtaken by somebody else after that has an operation that fails.

/// The subnet that a wish names, at a location of a project; `otherwise` where it names none.
boost::system::result<std::string, Refusal> subnet_of(const MkinfContext& context,
                                                      std::string_view project_id,
                                                      std::string_view location,
                                                      const InterfaceWish& wish,
                                                      std::string otherwise);

/// The reservation that `vm_count` VMs of a type could join now: empty for none.
boost::system::result<std::string, Refusal> reservation_of(const MkinfContext& context,
                                                           std::string_view project_id,
                                                           const VmRequest& request,
                                                           std::uint32_t vm_count);

/// Why disks can't be attached to a VM at `location`. `vm_id` is empty for one that doesn't exist
/// yet.
std::optional<Refusal> refusal_of_disks(const MkinfContext& context, std::string_view project_id,
                                        std::string_view location, std::string_view vm_id,
                                        const std::vector<DiskAttachment>& disks);

/// What a change of this VM aims at.
boost::system::result<OperationGoal, Refusal> goal_of(const MkinfContext& context,
                                                      const VmDetails& vm, const VmChange& change);

/// Why nothing but a delete can be done with the VM any more.
std::optional<Refusal> refusal_of_end(const VmDetails& vm);

}  // namespace orrery::mkinf
