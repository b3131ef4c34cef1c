#include "actors/reservation/reservation.hpp"

#include "http/native/admin/admin_body.hpp"
#include "http/native/admin/admin_resources.hpp"
#include "http/native/admin/admin_routes.hpp"
#include "projections/metering/usage.hpp"
#include "projections/reservations/reservation_view.hpp"

namespace orrery::admin {
namespace {

boost::json::object reservation_json(const ReservationDetails& each) {
  const auto& declared = each.declaration;
  return {{"id", each.id},
          {"organization_id", declared.organization_id},
          {"vm_type", declared.vm_type},
          {"location", declared.location},
          {"vm_count", declared.vm_count},
          {"starts_at", time_text(declared.starts_at_us)},
          {"ends_at", time_text(declared.ends_at_us)},
          {"usd_per_gpu_hour", micro_usd_text(declared.micro_usd_per_gpu_hour)},
          {"vm_ids", boost::json::array(each.vm_ids.begin(), each.vm_ids.end())},
          {"ended", each.ended}};
}

void list(const Call& call) {
  call->answer(listed(call->context().reservations->of_organization(call->organization_id()),
                      reservation_json));
}

void show(const Call& call, const std::string& id, unsigned status) {
  const auto found = call->context().reservations->find(id);
  if (!found || found->declaration.organization_id != call->organization_id())
    return call->not_found("reservation");
  call->answer(reservation_json(*found), status);
}

ReservationDeclared read_reservation(JsonFields& fields) {
  ReservationDeclared declared;
  declared.vm_type = fields.required_string("vm_type", name_bytes_max);
  declared.location = fields.required_string("location", name_bytes_max);
  const auto count = fields.optional_integer("vm_count", 1, 1'000'000);
  if (!count) fields.refuse("vm_count", "is required");
  declared.vm_count = static_cast<std::uint32_t>(count.value_or(0));
  fields.required_string("starts_at", 64);
  fields.required_string("ends_at", 64);
  declared.starts_at_us = read_time(fields, "starts_at").value_or(0);
  declared.ends_at_us = read_time(fields, "ends_at").value_or(0);
  declared.micro_usd_per_gpu_hour = read_usd(fields, "usd_per_gpu_hour").value_or(0);
  return declared;
}

void create(const Call& call) {
  with_body(call, read_reservation, [&](ReservationDeclared declared) {
    declared.organization_id = call->organization_id();
    const auto id = call->ids().uuid();
    order<Reservation>(call, id, Reservation::Declare{std::move(declared)},
                       [=] { show(call, id, 201); });
  });
}

void end(const Call& call) {
  const auto id = call->parameter(1);
  const auto found = call->context().reservations->find(id);
  if (!found || found->declaration.organization_id != call->organization_id())
    return call->not_found("reservation");
  order<Reservation>(call, id, Reservation::End{}, [=] { show(call, id, 200); });
}

}  // namespace

void add_reservations(AdminRoutes& routes) {
  const std::string all = "/orrery/v1/organizations/{organization_id}/reservations";
  const std::string one = all + "/{reservation_id}";
  routes.add(Method::get, all, AdminAction::see_reservations, list);
  routes.add(Method::post, all, AdminAction::change_reservations, create);
  routes.add(Method::get, one, AdminAction::see_reservations,
             [](const Call& call) { show(call, call->parameter(1), 200); });
  routes.add(Method::post, one + "/end", AdminAction::change_reservations, end);
}

}  // namespace orrery::admin
