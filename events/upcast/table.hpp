#pragma once

#include "events/upcast/fleet_v2.hpp"
#include "events/upcast/upcasters.hpp"
#include "events/upcast/vm_v1.hpp"

namespace orrery {

/// Every step from an old version of an event to the next.
using Upcasters = boost::mp11::mp_list<
    Upcast<0x0201, 1, NodeRegisteredV1, NodeRegisteredV2, upcast_node_registered>,
    Upcast<0x0201, 2, NodeRegisteredV2, NodeRegistered, upcast_node_registered>,
    Upcast<0x0204, 1, NodeCordonedV1, NodeCordoned, upcast_node_cordoned>,
    Upcast<0x0401, 1, LeaseRequestedV1, LeaseRequestedV2, upcast_lease_requested_v1>,
    Upcast<0x0401, 2, LeaseRequestedV2, LeaseRequested, upcast_lease_requested>,
    Upcast<0x0501, 1, VmRequestedV1, VmRequested, upcast_vm_requested>,
    Upcast<0x0502, 1, VmPlacedV1, VmPlaced, upcast_vm_placed>,
    Upcast<0x0601, 1, OperationStartedV1, OperationStarted, upcast_operation_started>>;

}  // namespace orrery
