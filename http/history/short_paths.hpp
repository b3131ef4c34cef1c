#pragma once

#include <memory>

#include "http/aicenter/context.hpp"
#include "http/aifactory/context.hpp"
#include "http/history/hindsight.hpp"
#include "http/mkinf/context.hpp"
#include "http/neolink/context.hpp"

namespace orrery {

/// Routes about one resource whose answer follows from a few streams, which the present knows: so
/// they are answered as of any moment without the views of then. That the answers are the same is
/// a property that a test checks (tests/http/history/short_paths_test.cpp).

/// VMs, disks, networks, subnets and operations, for mkinf and Crusoe. What `live` points to must
/// outlive the history.
void add_mkinf_short_paths(Hindsight& hindsight, std::shared_ptr<const MkinfContext> live);

/// Container instances.
void add_neolink_short_paths(Hindsight& hindsight, std::shared_ptr<const NeolinkContext> live);

/// Services.
void add_aifactory_short_paths(Hindsight& hindsight, std::shared_ptr<const AifactoryContext> live);

/// Clients, descriptions of machines, and questions.
void add_gpushare_short_paths(Hindsight& hindsight, const EventLog& log);

/// Batch jobs that aren't tasks of arrays.
void add_aicenter_short_paths(Hindsight& hindsight, std::shared_ptr<const AicenterContext> live);

/// Organizations, projects and nodes.
void add_admin_short_paths(Hindsight& hindsight);

}  // namespace orrery
