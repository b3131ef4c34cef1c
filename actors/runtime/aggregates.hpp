#pragma once

#include <boost/mp11/list.hpp>

#include "actors/account/account.hpp"
#include "actors/cluster/cluster.hpp"
#include "actors/gpu/gpu.hpp"
#include "actors/image/image.hpp"
#include "actors/lease/lease.hpp"
#include "actors/node/node.hpp"
#include "actors/operation/operation.hpp"
#include "actors/organization/organization.hpp"
#include "actors/project/project.hpp"
#include "actors/token/token.hpp"
#include "actors/vm/vm.hpp"

namespace orrery {

/// Every aggregate that the runtime hosts. Each has a registry of its own.
using Aggregates = boost::mp11::mp_list<Cluster, Node, Gpu, Lease, Vm, Operation, Organization,
                                        Project, Account, Token, Image>;

}  // namespace orrery
