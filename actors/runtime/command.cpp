#include "actors/runtime/command.hpp"

#include "events/compiled_variant.ipp"

namespace orrery {

template class CompiledVariant<AddressedCommand::Base>;

}  // namespace orrery
