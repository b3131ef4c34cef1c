#include "http/mkinf/vm_order.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "http/mkinf/vm_json.hpp"

namespace orrery::mkinf {

namespace {

constexpr std::array fields{
    std::pair{"created_at", VmOrder::Field::created_at}, std::pair{"name", VmOrder::Field::name},
    std::pair{"type", VmOrder::Field::type}, std::pair{"location", VmOrder::Field::location},
    std::pair{"state", VmOrder::Field::state}};

/// What a VM is ordered by. All start alike for `created_at`: the order in which they are seen.
std::string_view key_of(const VmSummary& vm, VmOrder::Field field) {
  switch (field) {
    case VmOrder::Field::name:
      return vm.name;
    case VmOrder::Field::type:
      return vm.type;
    case VmOrder::Field::location:
      return vm.location;
    case VmOrder::Field::state:
      return state_name(vm.state);
    case VmOrder::Field::created_at:
      break;
  }
  return {};
}

struct Placed {
  std::string key;
  std::string id;
};

std::vector<Placed> ordered(const VmView& vms, std::string_view project_id, const VmOrder& order,
                            const VmView::Filter& filter) {
  std::vector<Placed> found;
  vms.each(project_id, [&](const VmSummary& vm) {
    if (filter(vm)) found.push_back({std::string(key_of(vm, order.field)), std::string(vm.id)});
  });
  if (order.field == VmOrder::Field::created_at) {
    std::ranges::reverse(found);
  } else if (order.descending) {
    std::ranges::stable_sort(found, std::ranges::greater{}, &Placed::key);
  } else {
    std::ranges::stable_sort(found, {}, &Placed::key);
  }
  return found;
}

}  // namespace

boost::system::result<VmOrder, JsonProblem> read_vm_order(std::string_view text) {
  if (text.empty()) return VmOrder{};
  const bool descending = text.starts_with('-');
  if (descending) text.remove_prefix(1);
  for (const auto& [name, field] : fields)
    if (text == name) return VmOrder{field, descending};
  return JsonProblem{
      "sort must be created_at, name, type, location or state, with a minus before it "
      "for the other way round"};
}

std::string render_ordered_list(const MkinfContext& context, const ListQuery& query,
                                const VmOrder& order, std::string_view project_id,
                                const VmView::Filter& filter) {
  const auto found = ordered(*context.vms, project_id, order, filter);
  const auto& [place, limit, direction] = query.page;
  const bool backwards = direction == Direction::newest_first;
  const auto end_max = std::min<std::size_t>(place, found.size());
  const auto begin = backwards ? end_max - std::min(limit, end_max) : end_max;
  const auto end = backwards ? end_max : std::min(begin + limit, found.size());
  ItemList list;
  for (auto i = begin; i < end; ++i)
    if (const auto answer = context.vms->prepared(project_id, found[i].id, render_vm))
      list.add(*answer.body);
  if (end < found.size()) list.next = end;
  if (begin > 0) list.previous = begin;
  return list.render(context.secret);
}

}  // namespace orrery::mkinf
