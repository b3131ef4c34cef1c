#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "events/default_network.hpp"
#include "projections/vms/vm_view.hpp"

namespace orrery::mkinf {

/// The API's name of a state, such as "STATE_RUNNING". The document has only that one; docs/api/
/// mkinf.md says where the others come from.
std::string_view state_name(VmState state);

/// The VM object of the document, key for key. What doesn't exist in this server (commitments,
/// templates) has the document's empty values.
boost::json::object vm_json(const VmDetails& vm);

/// The network and subnet of a VM, also of one from before there were subnets.
DefaultNetwork place_of(const VmDetails& vm);

/// A VM that never ran because its creation failed is shown to nobody: its operation tells why.
bool is_shown(const VmDetails& vm);

/// The bytes of one VM; empty where it isn't shown.
std::string render_vm(const VmDetails& vm);

}  // namespace orrery::mkinf
