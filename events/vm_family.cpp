#include "events/vm_family.hpp"

namespace orrery {

std::string_view vm_family(std::string_view type) { return type.substr(0, type.find('.')); }

}  // namespace orrery
