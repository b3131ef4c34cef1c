#include "projections/metering/meter.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace orrery {
namespace {

constexpr std::int64_t seconds_per_day = 86'400;
/// The year 10000: what a damaged snapshot may not exceed.
constexpr std::int64_t seconds_max = 253'402'300'800;

std::int64_t seconds_of(Time time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

/// Calls `each(day, seconds)` for every UTC day that [from, until) touches.
template <class Each>
void cut_at_midnights(std::int64_t from, std::int64_t until, const Each& each) {
  while (from < until) {
    const auto day = from / seconds_per_day;
    const auto end = std::min(until, (day + 1) * seconds_per_day);
    each(day, static_cast<std::uint64_t>(end - from));
    from = end;
  }
}

}  // namespace

Meter::Run* Meter::find(std::string_view stream) {
  const auto found = runs_.find(stream);
  return found == runs_.end() ? nullptr : &found->second;
}

std::int64_t Meter::price_of(std::string_view id) const {
  const auto price = prices_.find(id);
  return price == prices_.end() ? 0 : price->second;
}

void Meter::cut(const Run& run, std::int64_t from, std::int64_t until,
                const std::function<void(const Portion&)>& visit) {
  static const std::string no_reservation;
  const auto& thing = run.thing;
  const auto visit_part = [&](std::int64_t start, std::int64_t end, const std::string& reservation,
                              std::int64_t price) {
    cut_at_midnights(start, end, [&](auto day, auto seconds) {
      visit({std::chrono::sys_days{std::chrono::days{day}}, thing.metric, thing.resource_type,
             thing.location, reservation, price, seconds * thing.units});
    });
  };
  const auto begin = std::max(run.since, from);
  const auto turn = std::min(until, thing.reserved_until.value_or(until));
  visit_part(begin, turn, thing.reservation_id, run.micro_usd_per_hour);
  visit_part(std::max(begin, turn), until, no_reservation, run.later_micro_usd_per_hour);
}

void Meter::begin(Run& run, std::int64_t now) {
  run.micro_usd_per_hour = price_of(run.thing.price_id);
  run.later_micro_usd_per_hour = price_of(run.thing.later_price_id);
  run.since = std::clamp<std::int64_t>(now, 0, seconds_max);
  run.running = true;
  projects_[run.thing.project_id].running.insert(&run);
}

void Meter::end(Run& run, std::int64_t now) {
  auto& project = projects_[run.thing.project_id];
  project.running.erase(&run);
  run.running = false;
  cut(run, run.since, std::min(now, seconds_max), [&](const Portion& portion) {
    Key key{portion.day.time_since_epoch().count(),
            portion.metric,
            portion.resource_type,
            portion.location,
            portion.reservation_id,
            portion.micro_usd_per_hour};
    project.closed[std::move(key)] += portion.unit_seconds;
  });
}

void Meter::describe(std::string_view stream, MeteredThing thing, Time now) {
  const auto added = runs_.try_emplace(std::string(stream)).second;
  const auto become = [&](MeteredThing& known) { known = std::move(thing); };
  if (added)
    become(find(stream)->thing);
  else
    change(stream, now, become);
}

void Meter::change(std::string_view stream, Time now,
                   const std::function<void(MeteredThing&)>& change) {
  auto* run = find(stream);
  if (!run) return;
  const bool running = run->running;
  const auto second = std::max(seconds_of(now), run->since);
  if (running) end(*run, second);
  change(run->thing);
  if (running) begin(*run, second);
}

void Meter::start(std::string_view stream, Time now) {
  if (auto* run = find(stream); run && !run->running) begin(*run, seconds_of(now));
}

void Meter::stop(std::string_view stream, Time now) {
  if (auto* run = find(stream); run && run->running) end(*run, seconds_of(now));
}

void Meter::forget(std::string_view stream, Time now) {
  stop(stream, now);
  if (const auto found = runs_.find(stream); found != runs_.end()) runs_.erase(found);
}

void Meter::set_price(std::string_view id, std::int64_t micro_usd_per_hour, Time now) {
  const auto [price, added] = prices_.try_emplace(std::string(id));
  if (!added && price->second == micro_usd_per_hour) return;
  price->second = micro_usd_per_hour;
  for (auto& [stream, run] : runs_) {
    if (!run.running || (run.thing.price_id != id && run.thing.later_price_id != id)) continue;
    const auto second = std::max(seconds_of(now), run.since);
    end(run, second);
    begin(run, second);
  }
}

void Meter::visit(std::string_view project_id, std::chrono::sys_days from, Time until,
                  const std::function<void(const Portion&)>& visit) const {
  const auto found = projects_.find(project_id);
  if (found == projects_.end()) return;
  const auto first_day = from.time_since_epoch().count();
  const auto end = seconds_of(until);
  const auto day_of = [](std::int64_t day) {
    return std::chrono::sys_days{std::chrono::days{day}};
  };
  const auto& closed = found->second.closed;
  for (auto each = closed.lower_bound(Key{first_day, {}, {}, {}, {}, 0}); each != closed.end();
       ++each) {
    const auto& key = each->first;
    if (key.day * seconds_per_day >= end) break;
    visit({day_of(key.day), key.metric, key.resource_type, key.location, key.reservation_id,
           key.micro_usd_per_hour, each->second});
  }
  for (const auto* run : found->second.running) cut(*run, first_day * seconds_per_day, end, visit);
}

void Meter::save(ByteWriter& writer) const {
  writer(prices_);
  std::vector<const std::pair<const std::string, Run>*> runs;
  for (const auto& entry : runs_) runs.push_back(&entry);
  std::ranges::sort(runs, {}, [](const auto* entry) -> const std::string& { return entry->first; });
  writer(static_cast<std::uint64_t>(runs.size()));
  for (const auto* entry : runs) writer(entry->first, entry->second);
  std::map<std::string_view, const Project*> used;
  for (const auto& [id, project] : projects_)
    if (!project.closed.empty()) used.emplace(id, &project);
  writer(static_cast<std::uint64_t>(used.size()));
  for (const auto& [id, project] : used) writer(std::string(id), project->closed);
}

void Meter::load(ByteReader& reader) {
  reader(prices_);
  std::uint64_t count = 0;
  reader(count);
  for (; count > 0; --count) {
    std::string stream;
    Run run;
    reader(stream, run);
    const auto reserved_until = run.thing.reserved_until.value_or(0);
    if (run.since < 0 || run.since > seconds_max || reserved_until < 0)
      throw MalformedBytes("a time out of range");
    const auto [place, added] = runs_.try_emplace(std::move(stream), std::move(run));
    if (!added) throw MalformedBytes("a stream twice");
    if (place->second.running)
      projects_[place->second.thing.project_id].running.insert(&place->second);
  }
  for (reader(count); count > 0; --count) {
    std::string id;
    reader(id);
    auto& closed = projects_[id].closed;
    if (!closed.empty()) throw MalformedBytes("a project twice");
    reader(closed);
  }
}

}  // namespace orrery
