#pragma once

#include "projections/availability/availability_view.hpp"
#include "projections/catalogue/catalogue_view.hpp"
#include "projections/identity/identity_view.hpp"
#include "projections/metering/metering_view.hpp"
#include "projections/nodes/node_view.hpp"
#include "projections/operations/operation_view.hpp"
#include "projections/reservations/reservation_view.hpp"
#include "projections/runtime/views.hpp"
#include "projections/vms/vm_view.hpp"

namespace orrery {

/// Every read model of a server, registered with the `Views` that feed them.
struct ReadModels {
  ReadModels() {
    for (View* view :
         {static_cast<View*>(&identity), static_cast<View*>(&catalogue), static_cast<View*>(&vms),
          static_cast<View*>(&operations), static_cast<View*>(&availability),
          static_cast<View*>(&metering), static_cast<View*>(&reservations),
          static_cast<View*>(&nodes)})
      views.add(*view);
  }

  IdentityView identity;
  CatalogueView catalogue;
  VmView vms;
  OperationView operations;
  AvailabilityView availability;
  MeteringView metering;
  ReservationView reservations;
  NodeView nodes;
  Views views;
};

}  // namespace orrery
