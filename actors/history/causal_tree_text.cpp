#include <fmt/format.h>
#include <boost/describe/enum_to_string.hpp>
#include <boost/json/array.hpp>

#include "actors/history/causal_tree.hpp"
#include "events/event_json.hpp"

namespace orrery {
namespace {

/// Deeper chains are cut in both forms: nothing real is, and whoever reads JSON has a limit too.
constexpr int depth_max = 200;

std::string_view name_of(CausalRoot::Kind kind) {
  switch (kind) {
    case CausalRoot::Kind::request:
      return "request";
    case CausalRoot::Kind::clock:
      return "clock";
    case CausalRoot::Kind::unknown:
      return "unknown";
  }
  return "unknown";
}

boost::json::array nodes_json(const CausalTree& tree, const std::vector<Position>& positions,
                              int depth) {
  boost::json::array array;
  if (depth > depth_max) return array;
  for (const auto position : positions) {
    const auto& node = tree.nodes.at(position);
    auto json = to_json(node.event);
    if (node.is_asked_about) json["asked"] = true;
    json["led_to"] = nodes_json(tree, node.effects, depth + 1);
    array.push_back(std::move(json));
  }
  return array;
}

std::string root_line(const CausalRoot& root) {
  const auto time = rfc3339(root.time);
  switch (root.kind) {
    case CausalRoot::Kind::request:
      return fmt::format("request {} by {} at {}",
                         root.correlation.empty() ? "without an id" : root.correlation, root.actor,
                         time);
    case CausalRoot::Kind::clock:
      return fmt::format("the time, as {} saw it at {}", root.actor, time);
    case CausalRoot::Kind::unknown:
      return fmt::format("a cause that isn't in this log, through {} at {}", root.actor, time);
  }
  return {};
}

std::string node_line(const CausalNode& node) {
  const auto& event = node.event;
  return fmt::format("{} {} {}  {}  {}  by {}", node.is_asked_about ? "●" : "○", event.position,
                     event.stream, orrery::name_of(event.event), rfc3339(event.time).substr(11, 12),
                     event.origin.actor);
}

void draw(const CausalTree& tree, const std::vector<Position>& positions, const std::string& indent,
          int depth, std::string& out) {
  if (depth > depth_max) return;
  for (std::size_t i = 0; i < positions.size(); ++i) {
    const bool is_last = i + 1 == positions.size();
    const auto& node = tree.nodes.at(positions[i]);
    out += indent + (is_last ? "└─" : "├─") + node_line(node) + "\n";
    draw(tree, node.effects, indent + (is_last ? "  " : "│ "), depth + 1, out);
  }
}

}  // namespace

boost::json::object causal_json(const CausalTree& tree, Position as_of) {
  boost::json::array roots;
  for (const auto& root : tree.roots)
    roots.push_back({{"kind", name_of(root.kind)},
                     {"principal", root.actor},
                     {"request_id", root.correlation},
                     {"time", rfc3339(root.time)},
                     {"events", nodes_json(tree, root.events, 0)}});
  return {{"as_of", as_of},
          {"event_count", tree.event_count},
          {"effects_complete", tree.effects_are_complete},
          {"roots", std::move(roots)}};
}

std::string causal_text(const CausalTree& tree) {
  std::string out;
  for (const auto& root : tree.roots) {
    out += root_line(root) + "\n";
    draw(tree, root.events, "", 0, out);
  }
  return out;
}

}  // namespace orrery
