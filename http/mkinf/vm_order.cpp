#include "http/mkinf/vm_order.hpp"

#include <algorithm>
#include <array>
#include <compare>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <boost/describe.hpp>

#include "events/archive.hpp"
#include "http/auth/base64url.hpp"
#include "http/mkinf/answers.hpp"
#include "http/mkinf/list_query.hpp"
#include "http/mkinf/vm_json.hpp"

namespace orrery::mkinf {

namespace {

constexpr std::array fields{
    std::pair{"created_at", VmOrder::Field::created_at}, std::pair{"name", VmOrder::Field::name},
    std::pair{"type", VmOrder::Field::type}, std::pair{"location", VmOrder::Field::location},
    std::pair{"state", VmOrder::Field::state}};

/// What a VM is ordered by, as text that sorts.
std::string key_of(const VmSummary& vm, VmOrder::Field field) {
  switch (field) {
    case VmOrder::Field::name:
      return std::string(vm.name);
    case VmOrder::Field::type:
      return std::string(vm.type);
    case VmOrder::Field::location:
      return std::string(vm.location);
    case VmOrder::Field::state:
      return std::string(state_name(vm.state));
    case VmOrder::Field::created_at:
      break;
  }
  return fmt::format("{:020}", vm.created_at.time_since_epoch().count());
}

/// Where a VM stands in the order.
struct Placed {
  std::string key;
  std::string id;

  auto operator<=>(const Placed&) const = default;
  BOOST_DESCRIBE_CLASS(Placed, (), (key, id), (), ())
};

/// Before or behind, as the order has it.
struct Earlier {
  bool descending = false;
  bool operator()(const Placed& left, const Placed& right) const {
    return descending ? right < left : left < right;
  }
};

constexpr std::size_t seal_size = 16;

std::string seal_of(std::string_view payload, const EdgeSecret& secret) {
  const auto seal = secret.seal_of("ordered page token", payload);
  return {seal.begin(), seal.begin() + seal_size};
}

std::string token_of(const Placed& edge, const EdgeSecret& secret) {
  std::string payload;
  ByteWriter{payload}(edge);
  return to_base64url(seal_of(payload, secret) + payload);
}

std::optional<Placed> read_token(std::string_view text, const EdgeSecret& secret) {
  const auto bytes = from_base64url(text);
  if (!bytes || bytes->size() < seal_size) return std::nullopt;
  const auto payload = std::string_view(*bytes).substr(seal_size);
  if (seal_of(payload, secret) != std::string_view(*bytes).substr(0, seal_size))
    return std::nullopt;
  Placed edge;
  ByteReader{payload}(edge);
  return edge;
}

std::vector<Placed> ordered(const VmView& vms, std::string_view project_id, const VmOrder& order,
                            const VmView::Filter& filter) {
  std::vector<Placed> found;
  vms.each(project_id, [&](const VmSummary& vm) {
    if (filter(vm)) found.push_back({key_of(vm, order.field), std::string(vm.id)});
  });
  std::ranges::sort(found, Earlier{order.descending});
  return found;
}

/// Indices of the first item of the page, and of the one behind its last.
struct Range {
  std::size_t begin = 0;
  std::size_t end = 0;
};

boost::system::result<Range, JsonProblem> range_of(const std::vector<Placed>& found,
                                                   const Request& request, std::size_t limit,
                                                   const VmOrder& order, const EdgeSecret& secret) {
  const auto next = request.query_parameter("next_token");
  const auto previous = request.query_parameter("prev_token");
  const bool backwards = next.empty() && !previous.empty();
  Range range;
  if (!next.empty() || backwards) {
    const auto edge = read_token(backwards ? previous : next, secret);
    if (!edge) return JsonProblem{backwards ? "prev_token is unknown" : "next_token is unknown"};
    const Earlier earlier{order.descending};
    const auto place = backwards ? std::ranges::lower_bound(found, *edge, earlier)
                                 : std::ranges::upper_bound(found, *edge, earlier);
    range.begin = static_cast<std::size_t>(place - found.begin());
  }
  range.end = backwards ? range.begin : std::min(range.begin + limit, found.size());
  if (backwards) range.begin -= std::min(limit, range.begin);
  return range;
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

boost::system::result<Response, JsonProblem> render_ordered_list(const MkinfContext& context,
                                                                 const Request& request,
                                                                 const VmOrder& order,
                                                                 const VmView::Filter& filter) {
  const auto limit = read_limit(request);
  if (!limit) return limit.error();
  const auto project_id = request.path_parameters[0];
  const auto found = ordered(*context.vms, project_id, order, filter);
  const auto range = range_of(found, request, *limit, order, context.secret);
  if (!range) return range.error();
  ItemList list;
  for (auto i = range->begin; i < range->end; ++i)
    if (const auto answer = context.vms->prepared(project_id, found[i].id, render_vm))
      list.add(*answer.body);
  const bool is_empty = range->begin == range->end;
  if (!is_empty && range->end < found.size())
    list.next_token = token_of(found[range->end - 1], context.secret);
  if (!is_empty && range->begin > 0)
    list.previous_token = token_of(found[range->begin], context.secret);
  return ok(list.render());
}

}  // namespace orrery::mkinf
