#include "actors/processes/shared_node_process.hpp"

#include <cassert>
#include <utility>

#include "actors/shared_node/shared_node_of.hpp"
#include "events/archive.hpp"
#include "events/end_of_bytes.hpp"
#include "events/stream_name.hpp"

namespace orrery {
namespace {

NodeRegistered machine_of(const SharedNodeRegistered& offer) {
  return {std::string(SharedNode::cluster),
          offer.gpu_model,
          offer.gpu_count,
          offer.cpu_count,
          offer.memory_mib,
          NodeDriver::owner};
}

AddressedCommand command_for(SharedNodeStep step, const std::string& id,
                             const SharedNodeRecord& node) {
  const auto to_node = [&](Node::Command command) {
    return To<Node>{node_id_of_shared(id), std::move(command)};
  };
  switch (step) {
    case SharedNodeStep::register_node:
      return to_node(Node::Register{node.machine});
    case SharedNodeStep::report_ready:
      return to_node(Node::ReportReady{});
    case SharedNodeStep::withdraw:
      return To<SharedNode>{
          id, SharedNode::Withdraw{node.owner_is_erased ? "owner_erased" : "node_refused"}};
    case SharedNodeStep::report_lost:
      return to_node(Node::ReportLost{"withdrawn"});
    case SharedNodeStep::cordon:
      return to_node(Node::Cordon{"withdrawn"});
    case SharedNodeStep::nothing:
      break;
  }
  assert(false && "no command for this step");
  return {};
}

}  // namespace

void SharedNodeProcess::apply(const RecordedEvent& recorded) {
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { on(recorded, event); }) on(recorded, event);
      },
      recorded.event);
}

template <class Change>
void SharedNodeProcess::update(std::string_view id, const RecordedEvent& recorded, Change change) {
  auto found = nodes_.find(id);
  if (found == nodes_.end()) {
    SharedNodeRecord out_of_use;
    out_of_use.is_registered = out_of_use.is_cordoned = true;
    found = nodes_.emplace(id, std::move(out_of_use)).first;
  }
  auto& node = found->second;
  change(node);
  node.causation = recorded.position;
  node.correlation = recorded.origin.correlation;
  if (is_finished(node)) {
    nodes_.erase(found);
  } else if (resumed_) {
    noted_.insert(found->first);
  }
}

template <class Change>
void SharedNodeProcess::update_node(const RecordedEvent& recorded, Change change) {
  const auto id = shared_node_of(stream_id(recorded.stream));
  if (id && !strangers_.contains(*id)) update(*id, recorded, change);
}

void SharedNodeProcess::on(const RecordedEvent& recorded, const SharedNodeRegistered& event) {
  update(stream_id(recorded.stream), recorded, [&](SharedNodeRecord& node) {
    node = {};
    node.client_id = event.client_id;
    node.machine = machine_of(event);
    node.owner_is_erased = erased_clients_.contains(event.client_id);
  });
}

void SharedNodeProcess::on(const RecordedEvent& recorded, const SharedNodeWithdrawn&) {
  update(stream_id(recorded.stream), recorded, [](SharedNodeRecord& node) {
    node.client_id.clear();
    node.asked = SharedNodeStep::nothing;
  });
}

void SharedNodeProcess::on(const RecordedEvent& recorded, const ClientErased&) {
  const std::string client_id(stream_id(recorded.stream));
  erased_clients_.insert(client_id);
  for (auto& [id, node] : nodes_)
    if (node.client_id == client_id)
      update(id, recorded, [](SharedNodeRecord& orphan) { orphan.owner_is_erased = true; });
}

void SharedNodeProcess::on(const RecordedEvent& recorded, const NodeRegistered& event) {
  if (event.driver != NodeDriver::owner) {
    if (const auto id = shared_node_of(stream_id(recorded.stream))) strangers_.emplace(*id);
    return;
  }
  update_node(recorded, [](SharedNodeRecord& node) {
    node.is_registered = true;
    node.is_cordoned = false;
  });
}

void SharedNodeProcess::on(const RecordedEvent& recorded, const NodeBecameReady&) {
  update_node(recorded, [](SharedNodeRecord& node) { node.is_ready = node.has_been_ready = true; });
}

void SharedNodeProcess::on(const RecordedEvent& recorded, const NodeLost&) {
  update_node(recorded, [](SharedNodeRecord& node) { node.is_ready = false; });
}

void SharedNodeProcess::on(const RecordedEvent& recorded, const NodeCordoned&) {
  update_node(recorded, [](SharedNodeRecord& node) { node.is_cordoned = true; });
}

void SharedNodeProcess::on(const RecordedEvent& recorded, const NodeUncordoned&) {
  update_node(recorded, [](SharedNodeRecord& node) { node.is_cordoned = false; });
}

std::vector<OwedCommand> SharedNodeProcess::due() {
  std::vector<OwedCommand> owed;
  for (const auto& id : std::exchange(noted_, {}))
    if (const auto found = nodes_.find(id); found != nodes_.end())
      append_owed(found->first, found->second, owed);
  return owed;
}

std::vector<OwedCommand> SharedNodeProcess::resume() {
  resumed_ = true;
  std::vector<OwedCommand> owed;
  for (auto& [id, node] : nodes_) {
    node.is_hindered = false;
    node.asked = SharedNodeStep::nothing;
    append_owed(id, node, owed);
  }
  noted_.clear();
  return owed;
}

void SharedNodeProcess::append_owed(const std::string& id, SharedNodeRecord& node,
                                    std::vector<OwedCommand>& owed) {
  const auto step = owed_step(node);
  if (step == std::exchange(node.asked, step) || step == SharedNodeStep::nothing) return;
  owed.push_back(
      {command_for(step, id, node), {std::string(name), node.causation, node.correlation}});
}

/// Another node has that id, or the machine is none that can be. What else is refused was late.
void SharedNodeProcess::refused(const RefusedCommand& refused) {
  const auto* node = std::get_if<Rejected<Node>>(&refused);
  if (!node || !std::holds_alternative<Node::Register>(node->command)) return;
  const auto id = shared_node_of(node->id);
  const auto found = id ? nodes_.find(*id) : nodes_.end();
  if (found == nodes_.end()) return;
  found->second.is_hindered = true;
  noted_.insert(found->first);
}

namespace {

struct SavedSharedNodes {
  std::map<std::string, SharedNodeRecord, std::less<>> nodes;
  std::set<std::string, std::less<>> erased_clients;
  std::set<std::string, std::less<>> strangers;
  BOOST_DESCRIBE_CLASS(SavedSharedNodes, (), (nodes, erased_clients, strangers), (), ())
};

}  // namespace

void SharedNodeProcess::save(std::string& out) const {
  ByteWriter{out}(SavedSharedNodes{nodes_, erased_clients_, strangers_});
}

void SharedNodeProcess::load(std::string_view bytes) {
  *this = {};
  SavedSharedNodes saved;
  ByteReader reader(bytes);
  reader(saved);
  expect_end(reader);
  nodes_ = std::move(saved.nodes);
  erased_clients_ = std::move(saved.erased_clients);
  strangers_ = std::move(saved.strangers);
}

}  // namespace orrery
