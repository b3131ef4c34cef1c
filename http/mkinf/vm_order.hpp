#pragma once

#include <string>
#include <string_view>

#include <boost/system/result.hpp>

#include "http/json/json_body.hpp"
#include "http/mkinf/context.hpp"
#include "http/mkinf/list_query.hpp"
#include "projections/vms/vm_view.hpp"

namespace orrery::mkinf {

/// The order of a list of VMs. Of equals the one created first comes first.
struct VmOrder {
  enum class Field : std::uint8_t { created_at, name, type, location, state };
  Field field = Field::created_at;
  bool descending = false;

  bool is_default() const { return field == Field::created_at && !descending; }
};

/// "name", or "-name" for the other way round; oldest first where the text is empty.
boost::system::result<VmOrder, JsonProblem> read_vm_order(std::string_view text);

/// The page in that order. Places in it are counted: what is created or deleted meanwhile moves the
/// pages behind it. Looks at the oldest ten thousands of the project's VMs.
std::string render_ordered_list(const MkinfContext& context, const ListQuery& query,
                                const VmOrder& order, std::string_view project_id,
                                const VmView::Filter& filter);

}  // namespace orrery::mkinf
