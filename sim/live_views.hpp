#pragma once

#include <vector>

#include "projections/availability/availability_view.hpp"
#include "projections/catalogue/catalogue_view.hpp"
#include "projections/identity/identity_view.hpp"
#include "projections/operations/operation_view.hpp"
#include "projections/runtime/views.hpp"
#include "projections/vms/vm_view.hpp"

namespace orrery {

/// The read models of one life of the simulated control plane, caught up with its log.
struct LiveViews {
  explicit LiveViews(const EventLog& log) {
    for (auto* view : mutable_all()) views.add(*view);
    (void)views.catch_up(log);
  }

  std::vector<View*> mutable_all() {
    return {&identity, &catalogue, &vms, &operations, &availability};
  }
  std::vector<const View*> all() const {
    return {&identity, &catalogue, &vms, &operations, &availability};
  }

  IdentityView identity;
  CatalogueView catalogue;
  VmView vms;
  OperationView operations;
  AvailabilityView availability;
  Views views;
};

}  // namespace orrery
