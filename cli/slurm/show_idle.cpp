#include "cli/slurm/show_idle.hpp"

#include <algorithm>
#include <iostream>

#include <fmt/format.h>

#include "cli/exit_codes.hpp"
#include "cli/slurm/columns.hpp"
#include "cli/slurm/job_list.hpp"
#include "cli/slurm/job_row.hpp"
#include "cli/slurm/node_group.hpp"

namespace orrery::slurm {

namespace {

constexpr std::string_view prefix = "show-";
constexpr std::string_view help =
    "Usage: show-MODEL, such as show-a100: idle GPUs of a model, node by node\n";

struct Total {
  std::uint32_t idle = 0;
  std::uint32_t all = 0;
};

/// GPUs of a node that takes no jobs are nobody's to have.
std::uint32_t idle_of(const boost::json::object& node, const GpuCounts& gpus) {
  return takes_jobs(node) ? gpus.all - std::min(gpus.all, gpus.used) : 0;
}

}  // namespace

int show_idle(std::string_view gpu_model, Words words) {
  const auto command = fmt::format("{}{}", prefix, gpu_model);
  const auto reading = read_words(command, words, {}, help);
  if (!reading.operands) return reading.exit_code;
  const auto client = Client::find(reading.server);
  if (!client) return complain(command, client.error().message);
  const auto nodes = client->get(fmt::format("{}/nodes", controller));
  if (!nodes) return complain(command, nodes.error().message);
  std::vector<Line> lines{{"NODE", "IDLE", "ALL", "STATE"}};
  Total total;
  for (const auto& each : list_of(*nodes, "nodes")) {
    const auto& node = each.as_object();
    const auto gpus = gpus_of(node);
    if (gpus.model != gpu_model) continue;
    const auto idle = idle_of(node, gpus);
    total.idle += idle;
    total.all += gpus.all;
    lines.push_back({text_of(node, "name"), std::to_string(idle), std::to_string(gpus.all),
                     node_state_text(node)});
  }
  if (total.all == 0) return complain(command, fmt::format("no node has {}", gpu_model));
  lines.push_back({"total", std::to_string(total.idle), std::to_string(total.all), ""});
  std::cout << aligned_text(letter_columns("%#n %.6i %.6a  %s"), lines);
  return exit_success;
}

std::string_view shown_model(std::string_view command) {
  return command.starts_with(prefix) ? command.substr(prefix.size()) : std::string_view{};
}

}  // namespace orrery::slurm
