#pragma once

#include <string>
#include <string_view>
#include <variant>

#include <boost/system/result.hpp>

#include "events/operation_events.hpp"
#include "http/json/json_body.hpp"
#include "http/mkinf/interface_request.hpp"

namespace orrery::mkinf {

/// UPDATE with a type.
struct TypeWish {
  std::string type;
};

/// What a PATCH of a VM asks for, by its action.
using VmChange =
    std::variant<PowerOnVm, PowerOffVm, ResetVm, TypeWish, InterfaceWish, ReserveVm, UnreserveVm>;

/// The body of a PATCH. Fields that belong to another action are refused: they would have no
/// effect.
boost::system::result<VmChange, JsonProblem> read_vm_change(std::string_view body);

}  // namespace orrery::mkinf
