#include "events/compiled_variant.ipp"
#include "events/registry.hpp"

namespace orrery {

template class CompiledVariant<Events::Variant>;

bool operator==(const Event& left, const Event& right) {
  return static_cast<const Event::Base&>(left) == static_cast<const Event::Base&>(right);
}

}  // namespace orrery
