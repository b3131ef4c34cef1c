#include <utility>

#include "events/stream_name.hpp"
#include "projections/availability/stock.hpp"

// Of the stock: those who are to have a lease, and have not asked for it yet.

namespace orrery {
namespace {

std::string vm_stream(std::string_view id) { return stream_name("vm", id); }
std::string instance_stream(std::string_view id) { return stream_name("instance", id); }

}  // namespace

void Stock::add_create(Create create) {
  if (creates_.contains(create.holder)) return;
  auto added = std::make_unique<Create>(std::move(create));
  ask(*added);
  if (!added->request_id.empty()) creates_by_request_[added->request_id] = added.get();
  const std::string_view key = added->holder;
  creates_.emplace(key, std::move(added));
}

void Stock::ask(const Create& create) {
  const bool waits = create.policy_is_frozen ? create.waits : waits_when_full(create.pool->cluster);
  create.pool->demands[create.place] = {create.gpu_count, waits};
  create.pool->foreseen = false;
}

/// It exists now, and asks for its lease next.
void Stock::move_create(std::string_view holder, Position position) {
  const auto found = creates_.find(holder);
  if (found == creates_.end()) return;
  auto& create = *found->second;
  create.pool->demands.erase(create.place);
  create.place = {Stage::exists, position};
  ask(create);
}

void Stock::drop_create(std::string_view holder) {
  const auto found = creates_.find(holder);
  if (found == creates_.end()) return;
  const auto create = std::move(found->second);
  creates_.erase(found);
  if (!create->request_id.empty()) creates_by_request_.erase(create->request_id);
  create->pool->demands.erase(create->place);
  create->pool->foreseen = false;
}

void Stock::drop_create_of_request(std::string_view request_id) {
  const auto found = creates_by_request_.find(request_id);
  if (found != creates_by_request_.end()) drop_create(found->second->holder);
}

// VMs.

void Stock::fold(const OperationStarted& started, std::string_view id, Position position) {
  const auto* wanted = std::get_if<CreateVm>(&started.goal);
  if (!wanted) return;
  const auto& wish = wanted->specification;
  add_create({vm_stream(started.target_id),
              std::string(id),
              &pool(wish.cluster, wish.gpu_model),
              {Stage::accepted, position},
              wish.gpu_count});
}

void Stock::fold(const OperationSucceeded&, std::string_view id, Position) {
  drop_create_of_request(id);
}
void Stock::fold(const OperationFailed&, std::string_view id, Position) {
  drop_create_of_request(id);
}
void Stock::fold(const VmRequested&, std::string_view id, Position position) {
  move_create(vm_stream(id), position);
}
void Stock::fold(const VmDeletionRequested&, std::string_view id, Position) {
  drop_create(vm_stream(id));
}
void Stock::fold(const VmFailed&, std::string_view id, Position) { drop_create(vm_stream(id)); }
void Stock::fold(const VmDeleted&, std::string_view id, Position) { drop_create(vm_stream(id)); }

// Instances.

void Stock::fold(const OrderPlaced& order, std::string_view, Position position) {
  const auto& wish = order.specification;
  const Shape shape{wish.cluster, wish.gpu_model, wish.gpu_count};
  // The name may be taken already: then nothing comes of the order.
  if (!instances_.emplace(order.instance_id, shape).second) return;
  add_create({instance_stream(order.instance_id),
              order.order_id,
              &pool(wish.cluster, wish.gpu_model),
              {Stage::accepted, position},
              wish.gpu_count,
              true,
              wish.when_full == WhenFull::queue});
}

void Stock::fold(const OrderRefunded& refund, std::string_view, Position) {
  const auto found = creates_by_request_.find(refund.order_id);
  if (found == creates_by_request_.end()) return;
  end_instance(stream_id(found->second->holder));
}

void Stock::fold(const InstanceRequested&, std::string_view id, Position position) {
  move_create(instance_stream(id), position);
}
void Stock::fold(const InstanceStartRequested&, std::string_view id, Position position) {
  add_restart(id, position);
}
void Stock::fold(const InstanceInterrupted&, std::string_view id, Position position) {
  add_restart(id, position);
}
void Stock::fold(const InstanceStopped&, std::string_view id, Position) {
  drop_create(instance_stream(id));
}
void Stock::fold(const InstanceFailed&, std::string_view id, Position) { end_instance(id); }
void Stock::fold(const InstanceDeletionRequested&, std::string_view id, Position) {
  end_instance(id);
}
void Stock::fold(const InstanceDeleted&, std::string_view id, Position) { end_instance(id); }

/// It waits for GPUs as long as it takes.
void Stock::add_restart(std::string_view instance_id, Position position) {
  const auto found = instances_.find(instance_id);
  if (found == instances_.end()) return;
  const auto& shape = found->second;
  add_create({instance_stream(instance_id),
              {},
              &pool(shape.cluster, shape.gpu_model),
              {Stage::exists, position},
              shape.gpu_count,
              true,
              true});
}

void Stock::end_instance(std::string_view id) {
  const std::string holder = instance_stream(id);
  if (const auto found = instances_.find(id); found != instances_.end()) instances_.erase(found);
  drop_create(holder);
}

}  // namespace orrery
