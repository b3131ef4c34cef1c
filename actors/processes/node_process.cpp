#include "actors/processes/node_process.hpp"

#include <charconv>

#include "events/archive.hpp"
#include "events/end_of_bytes.hpp"
#include "events/stream_name.hpp"

namespace orrery {

void NodeProcess::apply(const RecordedEvent& recorded) {
  const auto id = stream_id(recorded.stream);
  if (const auto* joined = std::get_if<NodeRegistered>(&recorded.event)) {
    if (joined->gpu_count == 0) return;
    nodes_.insert_or_assign(std::string(id),
                            Pending{joined->gpu_model, joined->gpu_count, 0, recorded.position,
                                    recorded.origin.correlation});
    if (resumed_) fresh_.emplace_back(id);
  } else if (std::holds_alternative<GpuRegistered>(recorded.event)) {
    const auto colon = id.rfind(':');
    const auto found = nodes_.find(id.substr(0, colon));
    if (found == nodes_.end()) return;
    std::uint32_t index = 0;
    std::from_chars(id.data() + colon + 1, id.data() + id.size(), index);
    auto& node = found->second;
    node.registered |= 1u << index;
    if (node.registered == (1u << node.gpu_count) - 1) nodes_.erase(found);
  }
}

std::vector<OwedCommand> NodeProcess::due() {
  std::vector<OwedCommand> owed;
  for (const auto& node_id : fresh_)
    if (const auto found = nodes_.find(node_id); found != nodes_.end())
      append_owed(found->first, found->second, owed);
  fresh_.clear();
  return owed;
}

std::vector<OwedCommand> NodeProcess::resume() {
  resumed_ = true;
  fresh_.clear();
  std::vector<OwedCommand> owed;
  for (const auto& [node_id, node] : nodes_) append_owed(node_id, node, owed);
  return owed;
}

void NodeProcess::refused(const RefusedCommand&) {
  // Registered differently: somebody else decided what the GPU is, and trying again won't help.
}

void NodeProcess::append_owed(const std::string& node_id, const Pending& node,
                              std::vector<OwedCommand>& owed) {
  for (std::uint32_t index = 0; index < node.gpu_count; ++index) {
    if ((node.registered >> index & 1u) != 0) continue;
    owed.push_back(
        {To<Gpu>{gpu_id(node_id, index), Gpu::Register{{node_id, index, node.gpu_model}}},
         {std::string(name), node.causation, node.correlation}});
  }
}

void NodeProcess::save(std::string& out) const { ByteWriter{out}(nodes_); }

void NodeProcess::load(std::string_view bytes) {
  ByteReader reader(bytes);
  reader(nodes_);
  expect_end(reader);
}

}  // namespace orrery
