#include <algorithm>
#include <iostream>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <boost/algorithm/string/case_conv.hpp>
#include <boost/json/serialize.hpp>

#include "cli/exit_codes.hpp"
#include "cli/slurm/columns.hpp"
#include "cli/slurm/commands.hpp"
#include "cli/slurm/job_list.hpp"
#include "cli/slurm/node_group.hpp"
#include "http/aicenter/sbatch/values.hpp"

namespace orrery::slurm {

namespace {

namespace json = boost::json;

constexpr std::string_view help =
    "Usage: sinfo [OPTIONS]\n"
    "  -h, --noheader             no headers on output\n"
    "      --json                 the API's answer\n"
    "  -l, --long                 long output - displays more information\n"
    "  -n, --nodes=NODES          report on specific node(s)\n"
    "  -N, --Node                 one node a line\n"
    "  -o, --format=format        such as \"%P %a %l %D %t %N\"\n"
    "  -O, --Format=format        such as \"NodeList,Gres,GresUsed\"\n"
    "  -p, --partition=PARTITION  report on specific partition\n"
    "  -R, --list-reasons         why nodes take no jobs\n"
    "  -s, --summarize            one line a partition\n"
    "  -t, --states=node_state    specify the what states of nodes to view\n";

constexpr std::string_view usual = "%#P %.5a %.10l %.6D %.6t %N";
constexpr std::string_view long_format = "%#P %.5a %.10l %.10s %.4r %.8h %.10g %.6D %.11T %N";
constexpr std::string_view node_format = "%#N %.6D %#.P %6t";
constexpr std::string_view long_node_format =
    "%#N %.6D %#.P %.11T %4c %.8z %.6m %.8d %.6w %.8f %20E";
constexpr std::string_view summary_format = "%#P %.5a %.10l %.16F %N";
constexpr std::string_view reason_format = "%20E %9u %19H %N";

struct Wishes {
  std::string format;
  std::string named_format;
  std::string partitions;
  std::string nodes;
  std::string states;
  bool no_header = false;
  bool is_long = false;
  bool each_node = false;
  bool summary = false;
  bool reasons = false;
  bool json = false;
};

std::vector<Option> options_of(Wishes& wishes) {
  return {value("format", 'o', wishes.format),
          value("Format", 'O', wishes.named_format),
          value("partition", 'p', wishes.partitions),
          value("nodes", 'n', wishes.nodes),
          value("states", 't', wishes.states),
          value("state", 0, wishes.states),
          flag("noheader", 'h', wishes.no_header),
          flag("long", 'l', wishes.is_long),
          flag("Node", 'N', wishes.each_node),
          flag("summarize", 's', wishes.summary),
          flag("list-reasons", 'R', wishes.reasons),
          flag("json", 0, wishes.json),
          ignored("all", 'a', false),
          ignored("exact", 'e', false),
          ignored("verbose", 'v', false),
          ignored("sort", 'S', true)};
}

std::vector<Column> columns_of(const Wishes& wishes) {
  if (!wishes.named_format.empty()) return named_columns(wishes.named_format);
  if (!wishes.format.empty()) return letter_columns(wishes.format);
  if (wishes.reasons) return letter_columns(reason_format);
  if (wishes.summary) return letter_columns(summary_format);
  if (wishes.each_node) return letter_columns(wishes.is_long ? long_node_format : node_format);
  return letter_columns(wishes.is_long ? long_format : usual);
}

/// Points into answers that outlive it.
struct Fleet {
  std::map<std::string, const json::object*, std::less<>> nodes;
  std::vector<const json::object*> partitions;
};

bool is_of_state(const Wishes& wishes, const json::object& node) {
  const auto states = split_list(wishes.states);
  if (states.empty()) return true;
  return std::ranges::any_of(states, [&](const std::string& word) {
    const auto state = boost::algorithm::to_lower_copy(word);
    const auto whole = node_state_text(node);
    const auto brief = short_node_state_text(node);
    return state == "all" || whole.starts_with(state) || brief.starts_with(state);
  });
}

bool is_shown(const Wishes& wishes, const json::object& node) {
  if (wishes.reasons && text_of(node, "reason").empty()) return false;
  if (!is_of_state(wishes, node)) return false;
  if (wishes.nodes.empty()) return true;
  const auto names = sbatch::expand_host_list(wishes.nodes);
  return names && std::ranges::find(*names, text_of(node, "name")) != names->end();
}

/// What must be the same for nodes of one line.
std::string likeness(const std::vector<const NodeField*>& fields, const Wishes& wishes,
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
  Groups(const std::vector<const NodeField*>& fields, const Wishes& wishes)
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
    for (auto& placed : groups_) groups.push_back(std::move(placed.group));
    return groups;
  }

 private:
  struct Placed {
    std::size_t partition_index = 0;
    NodeGroup group;
  };

  const std::vector<const NodeField*>& fields_;
  const Wishes& wishes_;
  std::vector<Placed> groups_;
  std::map<std::string, std::size_t> places_;
};

std::vector<NodeGroup> groups_of(const Fleet& fleet, const std::vector<const NodeField*>& fields,
                                 const Wishes& wishes) {
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

int print(const Wishes& wishes, const Fleet& fleet) {
  const auto columns = columns_of(wishes);
  std::vector<const NodeField*> fields;
  Line titles;
  for (const auto& column : columns) {
    fields.push_back(find_node_field(column.field));
    if (fields.back() == nullptr)
      return complain("sinfo", "Invalid node format specification: " + column.field);
    titles.emplace_back(fields.back()->title);
  }
  std::vector<Line> lines;
  if (!wishes.no_header) lines.push_back(std::move(titles));
  for (const auto& group : groups_of(fleet, fields, wishes)) {
    Line line;
    for (const auto* field : fields) line.push_back(field->text(group));
    lines.push_back(std::move(line));
  }
  if (wishes.is_long && !wishes.no_header) std::cout << date_line() << '\n';
  std::cout << aligned_text(columns, lines);
  return exit_success;
}

}  // namespace

int sinfo(Words words) {
  Wishes wishes;
  const auto reading = read_words("sinfo", words, options_of(wishes), help);
  if (!reading.operands) return reading.exit_code;
  const auto client = Client::find(reading.server);
  if (!client) return complain("sinfo", client.error().message);
  const auto nodes = client->get(fmt::format("{}/nodes", controller));
  if (!nodes) return complain_plainly("slurm_load_node: " + nodes.error().message);
  if (wishes.json) {
    std::cout << json::serialize(*nodes) << '\n';
    return exit_success;
  }
  const auto partitions = client->get(fmt::format("{}/partitions", controller));
  if (!partitions) return complain_plainly("slurm_load_partitions: " + partitions.error().message);
  Fleet fleet;
  for (const auto& node : list_of(*nodes, "nodes"))
    fleet.nodes[text_of(node.as_object(), "name")] = &node.as_object();
  for (const auto& partition : list_of(*partitions, "partitions"))
    fleet.partitions.push_back(&partition.as_object());
  return print(wishes, fleet);
}

}  // namespace orrery::slurm
