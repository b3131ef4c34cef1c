#include "actors/runtime/tailer.hpp"

#include "events/compiled_variant.ipp"

namespace orrery {

template class CompiledVariant<RefusedCommand::Base>;

}  // namespace orrery
