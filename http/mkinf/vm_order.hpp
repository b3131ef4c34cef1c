#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/system/result.hpp>

#include "http/json/json_body.hpp"
#include "http/mkinf/context.hpp"
#include "http/server/message.hpp"
#include "projections/vms/vm_view.hpp"

namespace orrery::mkinf {

/// The order of a list of VMs. Equals come in the order of their ids.
struct VmOrder {
  enum class Field : std::uint8_t { created_at, name, type, location, state };
  Field field = Field::created_at;
  bool descending = false;

  bool is_default() const { return field == Field::created_at && !descending; }
};

/// "name", or "-name" for the other way round; oldest first where the text is empty.
boost::system::result<VmOrder, JsonProblem> read_vm_order(std::string_view text);

/// The page of the list in that order which `limit`, `next_token` and `prev_token` ask for. A token
/// names what stands at the page's edge by its key and id, so it stays good whatever is created or
/// deleted meanwhile.
boost::system::result<Response, JsonProblem> render_ordered_list(const MkinfContext& context,
                                                                 const Request& request,
                                                                 const VmOrder& order,
                                                                 const VmView::Filter& filter);

}  // namespace orrery::mkinf
