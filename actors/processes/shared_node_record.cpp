#include "actors/processes/shared_node_record.hpp"

namespace orrery {

SharedNodeStep owed_step(const SharedNodeRecord& node) {
  if (is_offered(node)) {
    if (node.owner_is_erased || node.is_hindered) return SharedNodeStep::withdraw;
    if (!node.is_registered) return SharedNodeStep::register_node;
    return node.has_been_ready ? SharedNodeStep::nothing : SharedNodeStep::report_ready;
  }
  if (!node.is_registered) return SharedNodeStep::nothing;
  if (node.is_ready) return SharedNodeStep::report_lost;
  return node.is_cordoned ? SharedNodeStep::nothing : SharedNodeStep::cordon;
}

bool is_finished(const SharedNodeRecord& node) {
  return !is_offered(node) && owed_step(node) == SharedNodeStep::nothing;
}

}  // namespace orrery
