#include <iostream>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "cli/exit_codes.hpp"
#include "cli/slurm/columns.hpp"
#include "cli/slurm/commands.hpp"
#include "cli/slurm/fleet_table.hpp"
#include "cli/slurm/job_list.hpp"

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
constexpr std::string_view node_format = "%#9N %.6D %#.P %6t";
constexpr std::string_view long_node_format =
    "%#9N %.6D %#.P %.11T %4c %.8z %.6m %.8d %.6w %.8f %20E";
constexpr std::string_view summary_format = "%#P %.5a %.10l %.16F %N";
constexpr std::string_view reason_format = "%20E %9u %19H %N";

struct Wishes {
  std::string format;
  std::string named_format;
  NodeWishes nodes;
  bool no_header = false;
  bool is_long = false;
  bool summary = false;
  bool json = false;
};

std::vector<Option> options_of(Wishes& wishes) {
  return {value("format", 'o', wishes.format),
          value("Format", 'O', wishes.named_format),
          value("partition", 'p', wishes.nodes.partitions),
          value("nodes", 'n', wishes.nodes.names),
          value("states", 't', wishes.nodes.states),
          value("state", 0, wishes.nodes.states),
          flag("noheader", 'h', wishes.no_header),
          flag("long", 'l', wishes.is_long),
          flag("Node", 'N', wishes.nodes.each_node),
          flag("summarize", 's', wishes.summary),
          flag("list-reasons", 'R', wishes.nodes.reasons),
          flag("json", 0, wishes.json),
          ignored("all", 'a', false),
          ignored("exact", 'e', false),
          ignored("verbose", 'v', false),
          ignored("sort", 'S', true)};
}

std::vector<Column> columns_of(const Wishes& wishes) {
  if (!wishes.named_format.empty()) return named_columns(wishes.named_format);
  if (!wishes.format.empty()) return letter_columns(wishes.format);
  if (wishes.nodes.reasons) return letter_columns(reason_format);
  if (wishes.summary) return letter_columns(summary_format);
  if (wishes.nodes.each_node)
    return letter_columns(wishes.is_long ? long_node_format : node_format);
  return letter_columns(wishes.is_long ? long_format : usual);
}

int print(const Wishes& wishes, const Fleet& fleet) {
  const auto table = fleet_text(columns_of(wishes), wishes.nodes, fleet, !wishes.no_header);
  if (!table) return complain("sinfo", table.error().message);
  if (wishes.is_long && !wishes.no_header) std::cout << date_line() << '\n';
  std::cout << *table;
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
  return print(wishes, Fleet(list_of(*nodes, "nodes"), list_of(*partitions, "partitions")));
}

}  // namespace orrery::slurm
