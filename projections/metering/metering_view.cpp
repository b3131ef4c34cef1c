#include "projections/metering/metering_view.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <boost/describe/enum_to_string.hpp>

#include "events/archive.hpp"
#include "events/stream_name.hpp"
#include "events/vm_family.hpp"
#include "projections/metering/meter.hpp"
#include "projections/runtime/writer_first_mutex.hpp"

namespace orrery {
namespace {

/// When reservations end, in seconds since 1970.
using ReservationEnds = std::map<std::string, std::int64_t, std::less<>>;

struct Folding {
  Meter& meter;
  ReservationEnds& ends;
};

std::string price_of_product(UsageMetric metric, std::string_view product) {
  return fmt::format("{}.{}", to_string(metric), product);
}

std::string price_of_reservation(std::string_view id) { return fmt::format("reservation.{}", id); }

/// What a VM costs follows from its type and its reservation.
void set_terms(MeteredThing& vm, std::string_view reservation_id, const ReservationEnds& ends) {
  const auto on_demand = price_of_product(UsageMetric::gpu_hours, vm_family(vm.resource_type));
  const auto end = ends.find(reservation_id);
  vm.reservation_id = reservation_id;
  vm.price_id = reservation_id.empty() ? on_demand : price_of_reservation(reservation_id);
  vm.later_price_id = end == ends.end() ? std::string() : on_demand;
  vm.reserved_until = end == ends.end() ? std::nullopt : std::optional(end->second);
}

MeteredThing vm_of(const VmSpecification& specification, const ReservationEnds& ends) {
  MeteredThing vm{specification.project_id,
                  UsageMetric::gpu_hours,
                  specification.type,
                  specification.location,
                  {},
                  {},
                  specification.gpu_count};
  set_terms(vm, specification.reservation_id, ends);
  return vm;
}

/// "persistent-ssd".
std::string name_of(DiskType type) {
  std::string name = boost::describe::enum_to_string(type, "");
  for (auto& letter : name)
    if (letter == '_') letter = '-';
  return name;
}

MeteredThing disk_of(const DiskSpecification& specification) {
  const auto type = name_of(specification.type);
  return {specification.project_id,
          UsageMetric::disk_gb_hours,
          type,
          specification.location,
          {},
          price_of_product(UsageMetric::disk_gb_hours, type),
          specification.size_gib};
}

void fold(const Folding& to, const VmRequested& requested, const RecordedEvent& recorded) {
  to.meter.describe(recorded.stream, vm_of(requested.specification, to.ends), recorded.time);
}
void fold(const Folding& to, const VmStarted&, const RecordedEvent& recorded) {
  to.meter.start(recorded.stream, recorded.time);
}
void fold(const Folding& to, const VmStopped&, const RecordedEvent& recorded) {
  to.meter.stop(recorded.stream, recorded.time);
}
void fold(const Folding& to, const VmFailed&, const RecordedEvent& recorded) {
  to.meter.stop(recorded.stream, recorded.time);
}
void fold(const Folding& to, const VmDeleted&, const RecordedEvent& recorded) {
  to.meter.forget(recorded.stream, recorded.time);
}
void fold(const Folding& to, const VmResized& resized, const RecordedEvent& recorded) {
  to.meter.change(recorded.stream, recorded.time, [&](MeteredThing& vm) {
    vm.resource_type = resized.type;
    vm.units = resized.gpu_count;
    set_terms(vm, std::string(vm.reservation_id), to.ends);
  });
}
void fold(const Folding& to, const VmReserved& reserved, const RecordedEvent& recorded) {
  to.meter.change(recorded.stream, recorded.time,
                  [&](MeteredThing& vm) { set_terms(vm, reserved.reservation_id, to.ends); });
}
void fold(const Folding& to, const VmUnreserved&, const RecordedEvent& recorded) {
  to.meter.change(recorded.stream, recorded.time,
                  [&](MeteredThing& vm) { set_terms(vm, "", to.ends); });
}
void fold(const Folding& to, const DiskCreated& created, const RecordedEvent& recorded) {
  to.meter.describe(recorded.stream, disk_of(created.specification), recorded.time);
  to.meter.start(recorded.stream, recorded.time);
}
void fold(const Folding& to, const DiskResized& resized, const RecordedEvent& recorded) {
  to.meter.change(recorded.stream, recorded.time,
                  [&](MeteredThing& disk) { disk.units = resized.size_gib; });
}
void fold(const Folding& to, const DiskDeleted&, const RecordedEvent& recorded) {
  to.meter.forget(recorded.stream, recorded.time);
}
void fold(const Folding& to, const PriceChanged& price, const RecordedEvent& recorded) {
  to.meter.set_price(price_of_product(price.metric, price.product), price.micro_usd_per_hour,
                     recorded.time);
}
void fold(const Folding& to, const ReservationDeclared& declared, const RecordedEvent& recorded) {
  const auto id = stream_id(recorded.stream);
  to.ends.insert_or_assign(std::string(id),
                           std::max<std::int64_t>(0, declared.ends_at_us / 1'000'000));
  to.meter.set_price(price_of_reservation(id), declared.micro_usd_per_gpu_hour, recorded.time);
}

std::chrono::sys_days start_of(const UsageQuery& query) {
  return query.from.value_or(std::chrono::sys_days{});
}

}  // namespace

struct MeteringView::State {
  mutable WriterFirstMutex mutex;
  Meter meter;
  std::map<std::pair<UsageMetric, std::string>, PriceInForce> prices;
  ReservationEnds reservation_ends;
};

MeteringView::MeteringView() : state_(std::make_unique<State>()) {}
MeteringView::~MeteringView() = default;

std::vector<UsageRow> MeteringView::usage(const UsageQuery& query) const {
  std::map<std::tuple<std::chrono::sys_days, std::string_view, UsageMetric, std::string,
                      std::string, std::string>,
           std::uint64_t>
      sums;
  const std::shared_lock lock(state_->mutex);
  for (const auto& project : query.projects)
    state_->meter.visit(project, start_of(query), query.until, [&](const Meter::Portion& portion) {
      const auto date = query.monthly ? first_of_month(portion.day) : portion.day;
      sums[{date, project, portion.metric, portion.resource_type, portion.location,
            portion.reservation_id}] += portion.unit_seconds;
    });
  std::vector<UsageRow> rows;
  for (const auto& [key, unit_seconds] : sums) {
    const auto& [date, project, metric, type, location, reservation] = key;
    if (unit_seconds != 0)
      rows.push_back(
          {date, std::string(project), metric, type, location, reservation, unit_seconds});
  }
  return rows;
}

std::vector<ChargeLine> MeteringView::charges(const UsageQuery& query) const {
  std::map<std::tuple<std::string_view, UsageMetric, std::string, std::string, std::string,
                      std::int64_t>,
           std::uint64_t>
      sums;
  const std::shared_lock lock(state_->mutex);
  for (const auto& project : query.projects)
    state_->meter.visit(project, start_of(query), query.until, [&](const Meter::Portion& portion) {
      sums[{project, portion.metric, portion.resource_type, portion.location,
            portion.reservation_id, portion.micro_usd_per_hour}] += portion.unit_seconds;
    });
  std::vector<ChargeLine> lines;
  for (const auto& [key, unit_seconds] : sums) {
    const auto& [project, metric, type, location, reservation, price] = key;
    if (unit_seconds != 0)
      lines.push_back({std::string(project), metric, type, location, reservation, price,
                       unit_seconds, cents_of(unit_seconds, price)});
  }
  return lines;
}

std::int64_t MeteringView::spent_micro_usd(std::string_view project_id, std::chrono::sys_days from,
                                           Time until) const {
  std::map<std::int64_t, std::uint64_t> unit_seconds_at;
  {
    const std::shared_lock lock(state_->mutex);
    state_->meter.visit(project_id, from, until, [&](const Meter::Portion& portion) {
      unit_seconds_at[portion.micro_usd_per_hour] += portion.unit_seconds;
    });
  }
  return micro_usd_of(unit_seconds_at);
}

std::vector<PriceInForce> MeteringView::prices() const {
  const std::shared_lock lock(state_->mutex);
  std::vector<PriceInForce> prices;
  for (const auto& [key, price] : state_->prices) prices.push_back(price);
  return prices;
}

void MeteringView::apply(const RecordedEvent& recorded) {
  std::visit(
      [&](const auto& event) {
        if constexpr (requires(const Folding& to) { fold(to, event, recorded); }) {
          const std::unique_lock lock(state_->mutex);
          fold({state_->meter, state_->reservation_ends}, event, recorded);
          if constexpr (std::is_same_v<decltype(event), const PriceChanged&>)
            state_->prices[{event.metric, event.product}] = {event, recorded.time};
        }
      },
      recorded.event);
}

void MeteringView::save(std::string& out) const {
  ByteWriter writer(out);
  writer(state_->prices, state_->reservation_ends);
  state_->meter.save(writer);
}

void MeteringView::load(std::string_view bytes) {
  state_ = std::make_unique<State>();
  auto loaded = std::make_unique<State>();
  ByteReader reader(bytes);
  reader(loaded->prices, loaded->reservation_ends);
  loaded->meter.load(reader);
  if (!reader.exhausted()) throw MalformedBytes("bytes after the end");
  state_ = std::move(loaded);
}

}  // namespace orrery
