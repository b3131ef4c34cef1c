#pragma once

#include "actors/disk/disk.hpp"
#include "actors/firewall_rule/firewall_rule.hpp"
#include "actors/network/network.hpp"
#include "actors/operation/operation.hpp"

namespace orrery {

/// How an operation fails that an aggregate refused: a code for programs, a sentence for people.
Operation::Fail failure_of(Disk::Rejection rejection);
Operation::Fail failure_of(Network::Rejection rejection);
Operation::Fail failure_of(FirewallRule::Rejection rejection);

}  // namespace orrery
