#include "cli/slurm/fleet_table.hpp"

#include <algorithm>
#include <utility>

#include <boost/algorithm/string/case_conv.hpp>

#include "cli/slurm/job_row.hpp"
#include "cli/slurm/node_group.hpp"
#include "cli/slurm/words.hpp"
#include "http/aicenter/sbatch/values.hpp"

namespace orrery::slurm {

namespace {

namespace json = boost::json;

bool is_of_state(const NodeWishes& wishes, const json::object& node) {
  const auto states = split_list(wishes.states);
  if (states.empty()) return true;
  return std::ranges::any_of(states, [&](const std::string& word) {
    const auto state = boost::algorithm::to_lower_copy(word);
    const auto whole = node_state_text(node);
    const auto brief = short_node_state_text(node);
    return state == "all" || whole.starts_with(state) || brief.starts_with(state);
  });
}

bool is_shown(const NodeWishes& wishes, const json::object& node) {
  if (wishes.reasons && text_of(node, "reason").empty()) return false;
  if (!is_of_state(wishes, node)) return false;
  if (wishes.names.empty()) return true;
  const auto names = sbatch::expand_host_list(wishes.names);
  return names && std::ranges::find(*names, text_of(node, "name")) != names->end();
}

/// What must be the same for nodes of one line.
std::string likeness(const std::vector<const NodeField*>& fields, const NodeWishes& wishes,
                     const NodeGroup& single) {
  std::string text;
  for (const auto* field : fields)
    if (!field->is_sum) text += field->text(single) + '\n';
  if (wishes.each_node) text += text_of(single.first(), "name");
  return text;
}

/// Lines for nodes that are alike, made one node at a time.
class Groups {
 public:
  Groups(const std::vector<const NodeField*>& fields, const NodeWishes& wishes)
      : fields_(fields), wishes_(wishes) {}

  void add(std::size_t partition_index, const json::object& partition, const json::object& node) {
    NodeGroup single{&partition, {&node}};
    const auto [place, is_new] =
        places_.try_emplace(likeness(fields_, wishes_, single), groups_.size());
    if (is_new) {
      groups_.push_back({partition_index, std::move(single)});
      return;
    }
    auto& nodes = groups_[place->second].group.nodes;
    if (std::ranges::find(nodes, &node) == nodes.end()) nodes.push_back(&node);
  }

  /// By partition, then by state.
  std::vector<NodeGroup> take() {
    std::ranges::stable_sort(groups_, {}, [&](const Placed& placed) {
      const auto rank = wishes_.each_node ? 0 : node_state_rank(placed.group.first());
      return std::pair(placed.partition_index, -rank);
    });
    std::vector<NodeGroup> groups;
    groups.reserve(groups_.size());
    for (auto& placed : groups_) groups.push_back(std::move(placed.group));
    return groups;
  }

 private:
  struct Placed {
    std::size_t partition_index = 0;
    NodeGroup group;
  };

  const std::vector<const NodeField*>& fields_;
  const NodeWishes& wishes_;
  std::vector<Placed> groups_;
  std::map<std::string, std::size_t> places_;
};

std::vector<NodeGroup> groups_of(const Fleet& fleet, const std::vector<const NodeField*>& fields,
                                 const NodeWishes& wishes) {
  Groups groups(fields, wishes);
  const auto wanted = split_list(wishes.partitions);
  for (std::size_t i = 0; i < fleet.partitions.size(); ++i) {
    const auto& partition = *fleet.partitions[i];
    if (!wanted.empty() && std::ranges::find(wanted, text_of(partition, "name")) == wanted.end())
      continue;
    const auto names = sbatch::expand_host_list(text_of(partition, "nodes"));
    for (const auto& name : names.value_or(std::vector<std::string>{})) {
      const auto found = fleet.nodes.find(name);
      if (found != fleet.nodes.end() && is_shown(wishes, *found->second))
        groups.add(i, partition, *found->second);
    }
  }
  return groups.take();
}

}  // namespace

Fleet::Fleet(const json::array& all_nodes, const json::array& all_partitions) {
  for (const auto& node : all_nodes) nodes[text_of(node.as_object(), "name")] = &node.as_object();
  for (const auto& partition : all_partitions) partitions.push_back(&partition.as_object());
}

Result<std::string> fleet_text(const std::vector<Column>& columns, const NodeWishes& wishes,
                               const Fleet& fleet, bool with_header) {
  std::vector<const NodeField*> fields;
  Line titles;
  for (const auto& column : columns) {
    fields.push_back(find_node_field(column.field));
    if (fields.back() == nullptr)
      return Failure{"Invalid node format specification: " + column.field};
    titles.emplace_back(fields.back()->title);
  }
  std::vector<Line> lines;
  if (with_header) lines.push_back(std::move(titles));
  for (const auto& group : groups_of(fleet, fields, wishes)) {
    Line line;
    line.reserve(fields.size());
    for (const auto* field : fields) line.push_back(field->text(group));
    lines.push_back(std::move(line));
  }
  return {boost::system::in_place_value, aligned_text(columns, lines)};
}

}  // namespace orrery::slurm
