#include "projections/nodes/node_view.hpp"

#include <functional>
#include <map>
#include <mutex>
#include <shared_mutex>

#include "events/archive.hpp"
#include "events/stream_name.hpp"
#include "projections/runtime/writer_first_mutex.hpp"

namespace orrery {
namespace {

void fold(NodeDetails& node, const NodeRegistered& registered) { node.description = registered; }
void fold(NodeDetails& node, const NodeBecameReady&) {
  node.ready = true;
  node.reason = node.is_cordoned() ? node.cordons.back().reason : "";
}
void fold(NodeDetails& node, const NodeLost& lost) {
  node.ready = false;
  node.reason = lost.reason;
}
void fold(NodeDetails& node, const NodeCordoned& cordoned) {
  node.cordons.push_back({cordoned.owner, cordoned.reason});
  node.reason = cordoned.reason;
}
void fold(NodeDetails& node, const NodeCordonLifted& lifted) {
  std::erase_if(node.cordons, [&](const auto& cordon) { return cordon.owner == lifted.owner; });
  if (node.ready) node.reason = node.is_cordoned() ? node.cordons.back().reason : "";
}
void fold(NodeDetails& node, const NodeUncordoned&) {
  node.cordons.clear();
  if (node.ready) node.reason.clear();
}

}  // namespace

struct NodeView::State {
  mutable WriterFirstMutex mutex;
  std::map<std::string, NodeDetails, std::less<>> nodes;
};

NodeView::NodeView() : state_(std::make_unique<State>()) {}
NodeView::~NodeView() = default;

std::optional<NodeDetails> NodeView::find(std::string_view id) const {
  const std::shared_lock lock(state_->mutex);
  const auto found = state_->nodes.find(id);
  return found == state_->nodes.end() ? std::nullopt : std::optional(found->second);
}

std::vector<NodeDetails> NodeView::list(std::string_view cluster, std::string_view after,
                                        std::size_t limit) const {
  const std::shared_lock lock(state_->mutex);
  std::vector<NodeDetails> nodes;
  for (auto each = state_->nodes.upper_bound(after);
       each != state_->nodes.end() && nodes.size() < limit; ++each)
    if (cluster.empty() || each->second.description.cluster == cluster)
      nodes.push_back(each->second);
  return nodes;
}

void NodeView::apply(const RecordedEvent& recorded) {
  std::visit(
      [&](const auto& event) {
        if constexpr (requires(NodeDetails & node) { fold(node, event); }) {
          const std::unique_lock lock(state_->mutex);
          const auto id = std::string(stream_id(recorded.stream));
          auto& node = state_->nodes[id];
          node.id = id;
          node.since = recorded.time;
          fold(node, event);
        }
      },
      recorded.event);
}

void NodeView::save(std::string& out) const {
  ByteWriter writer(out);
  writer(state_->nodes);
}

void NodeView::load(std::string_view bytes) {
  state_ = std::make_unique<State>();
  auto loaded = std::make_unique<State>();
  ByteReader reader(bytes);
  std::map<std::string, NodeDetails> nodes;
  reader(nodes);
  if (!reader.exhausted()) throw MalformedBytes("bytes after the end");
  loaded->nodes.insert(nodes.begin(), nodes.end());
  state_ = std::move(loaded);
}

}  // namespace orrery
