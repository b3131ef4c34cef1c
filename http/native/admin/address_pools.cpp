#include "actors/address_pool/address_pool.hpp"

#include <fmt/format.h>

#include "actors/network/ipv4_block.hpp"
#include "http/native/admin/admin_body.hpp"
#include "http/native/admin/admin_resources.hpp"
#include "http/native/admin/admin_routes.hpp"
#include "projections/catalogue/catalogue_view.hpp"

namespace orrery::admin {
namespace {

boost::json::object pool_json(const AddressPoolEntry& pool) {
  return {{"name", pool.name},
          {"location", pool.declaration.location},
          {"cidr", pool.declaration.cidr}};
}

void list(const Call& call) {
  call->answer(listed(call->context().catalogue->current()->address_pools, pool_json));
}

AddressPoolDeclared read_pool(JsonFields& fields) {
  return {std::string(fields.required_string("location", name_bytes_max)),
          std::string(fields.required_string("cidr", 64))};
}

/// An address in two pools would be given out twice.
const AddressPoolEntry* overlapping(const Catalogue& catalogue, std::string_view name,
                                    const AddressPoolDeclared& declared) {
  const auto wanted = Ipv4Block::parse(declared.cidr);
  if (!wanted) return nullptr;  // The pool itself refuses it.
  for (const auto& pool : catalogue.address_pools) {
    const auto known = Ipv4Block::parse(pool.declaration.cidr);
    if (pool.name != name && known && known->overlaps(*wanted)) return &pool;
  }
  return nullptr;
}

void declare(const Call& call) {
  with_body(call, read_pool, [&](AddressPoolDeclared declared) {
    const auto name = call->parameter(0);
    const auto catalogue = call->context().catalogue->current();
    if (const auto* other = overlapping(*catalogue, name, declared))
      return call->refuse(
          409, "address_pools_overlap",
          fmt::format("cidr overlaps with pool {} ({})", other->name, other->declaration.cidr));
    order<AddressPool>(call, name, AddressPool::Declare{declared}, [=] {
      call->answer(pool_json({name, declared}));
    });
  });
}

}  // namespace

void add_address_pools(AdminRoutes& routes) {
  routes.add(Method::get, "/orrery/v1/address-pools", AdminAction::see_fleet, list);
  routes.add(Method::put, "/orrery/v1/address-pools/{pool}", AdminAction::change_fleet, declare);
}

}  // namespace orrery::admin
