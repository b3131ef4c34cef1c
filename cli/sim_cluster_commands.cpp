#include "cli/sim_cluster_commands.hpp"

#include <chrono>
#include <iostream>
#include <memory>
#include <optional>
#include <stdexcept>

#include <unistd.h>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include "cli/admin_table.hpp"
#include "cli/cluster_progress.hpp"
#include "cli/exit_codes.hpp"
#include "cli/fault_file.hpp"
#include "cli/server_flags.hpp"
#include "cli/slurm/pause.hpp"

namespace orrery {
namespace {

namespace json = boost::json;
constexpr std::string_view clusters_path = "/orrery/v1/simulated-clusters";
constexpr std::chrono::milliseconds look_again{500};

/// Ends the command with a message; caught where it began.
struct SimFailure : std::runtime_error {
  SimFailure(const std::string& message, int exit_code)
      : std::runtime_error(message), code(exit_code) {}
  int code;
};

struct SimWords {
  ServerFlags server;
  std::string name;
  std::uint32_t node_count = 1;
  std::uint32_t gpus_per_node = 8;
  std::string gpu_model = "H100-80GB";
  std::uint32_t cpu_count = 0;
  std::uint32_t memory_mib = 0;
  std::uint64_t seed = 1;
  std::string location;
  std::string when_full = "queue";
  std::string strategy = "pack";
  std::string faults;
  bool waits = false;
  bool quiet = false;
  bool json = false;
};
using Words = std::shared_ptr<SimWords>;

/// The server, asked and understood.
class Server {
 public:
  explicit Server(const ServerFlags& flags) {
    const auto found = find_server(flags);
    if (!found) throw SimFailure(found.error().message, exit_usage);
    if (found->key.empty()) throw SimFailure(std::string(no_key_hint), exit_usage);
    server_ = *found;
  }

  json::object call(std::string_view method, const std::string& target, std::string body = {}) {
    const auto answer = ask(server_, method, target, std::move(body));
    if (!answer) throw SimFailure(answer.error().message, exit_failure);
    if (answer->status >= 300)
      if (answer->status >= 300)
        throw SimFailure(problem_text(*answer).append(hint(*answer)), exit_failure);
    json::error_code failure;
    auto value = json::parse(answer->body, failure);
    if (failure || !value.is_object())
      throw SimFailure(server_.url + " answers no JSON: is it an Orrery server?", exit_failure);
    return std::move(value.as_object());
  }

 private:
  static std::string_view hint(const AdminAnswer& answer) {
    if (answer.status == 401) return ": the key is not good here";
    if (answer.status == 404) return "; `orrery sim status` shows what there is";
    return "";
  }

  AdminServer server_;
};

std::string target_of(const std::string& name) {
  return fmt::format("{}/{}", clusters_path,
                     boost::urls::encode(name, boost::urls::unreserved_chars));
}

/// The line that says how far it is, written over itself; only where somebody looks.
class ProgressLine {
 public:
  explicit ProgressLine(bool quiet) : shown_(!quiet && isatty(STDERR_FILENO) != 0) {}
  ~ProgressLine() {
    if (shown_ && written_) std::cerr << '\n';
  }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(const std::string& line) {
    if (!shown_) return;
    std::cerr << '\r' << line << "\x1b[K" << std::flush;
    written_ = true;
  }

 private:
  bool shown_;
  bool written_ = false;
};

/// Until all machines are there. Who is interrupted is told that the server goes on without him.
json::object await_completion(Server& server, const SimWords& words, json::object cluster) {
  using Clock = std::chrono::steady_clock;
  const slurm::HeldSignals signals;
  const auto began = Clock::now();
  const auto at_first = ClusterProgress::of(cluster);
  ProgressLine line(words.quiet);
  while (!ClusterProgress::of(cluster).is_complete) {
    line.show(
        progress_line(words.name, ClusterProgress::of(cluster), at_first, Clock::now() - began));
    if (signals.wait_for(look_again))
      throw SimFailure("the server goes on; `orrery sim status " + words.name + "` shows how far",
                       exit_failure);
    cluster = server.call("GET", target_of(words.name));
  }
  line.show(
      progress_line(words.name, ClusterProgress::of(cluster), at_first, Clock::now() - began));
  return cluster;
}

std::string wish_of(const SimWords& words) {
  json::object wish{{"name", words.name},
                    {"node_count", words.node_count},
                    {"gpus_per_node", words.gpus_per_node},
                    {"cpu_count", words.cpu_count},
                    {"memory_mib", words.memory_mib},
                    {"seed", words.seed},
                    {"location", words.location},
                    {"when_full", words.when_full},
                    {"strategy", words.strategy}};
  if (words.gpus_per_node != 0) wish["gpu_model"] = words.gpu_model;
  return json::serialize(wish);
}

json::object set_faults(Server& server, const std::string& name, const json::object& faults) {
  return server.call("PUT", target_of(name) + "/faults", json::serialize(faults));
}

void print(const SimWords& words, const json::object& cluster) {
  std::cout << (words.json ? json::serialize(cluster) + "\n" : admin_lines(cluster));
}

int bring_up(const SimWords& words) {
  // A file that is wrong stops before anything is asked for.
  std::optional<json::object> faults;
  if (!words.faults.empty()) {
    const auto read = faults_of(words.faults);
    if (!read) throw SimFailure(read.error().message, exit_usage);
    faults = *read;
  }
  Server server(words.server);
  auto cluster = server.call("POST", std::string(clusters_path), wish_of(words));
  if (faults) cluster = set_faults(server, words.name, *faults);
  if (words.waits) cluster = await_completion(server, words, std::move(cluster));
  print(words, cluster);
  return exit_success;
}

/// What a table shows of each.
json::object row_of(const json::object& cluster) {
  const auto& nodes = cluster.at("nodes");
  const auto& gpus = cluster.at("gpus");
  const auto out_of_service = gpus.at("quarantined").to_number<std::uint64_t>() +
                              gpus.at("in_repair").to_number<std::uint64_t>() +
                              gpus.at("in_verification").to_number<std::uint64_t>();
  return {{"name", cluster.at("name")},        {"complete", cluster.at("complete")},
          {"nodes", cluster.at("node_count")}, {"registered", nodes.at("registered")},
          {"ready", nodes.at("ready")},        {"cordoned", nodes.at("cordoned")},
          {"gpus", gpus.at("registered")},     {"out_of_service", out_of_service},
          {"gpu_faults", gpus.at("faults")},   {"node_losses", nodes.at("losses")}};
}

int show_status(const SimWords& words) {
  Server server(words.server);
  if (!words.name.empty()) {
    auto cluster = server.call("GET", target_of(words.name));
    if (words.waits) cluster = await_completion(server, words, std::move(cluster));
    print(words, cluster);
    return exit_success;
  }
  const auto listed = server.call("GET", std::string(clusters_path));
  if (words.json) {
    std::cout << json::serialize(listed) << '\n';
    return exit_success;
  }
  json::array rows;
  for (const auto& cluster : listed.at("items").as_array())
    rows.push_back(row_of(cluster.as_object()));
  std::cout << admin_table(rows, {"name", "complete", "nodes", "registered", "ready", "cordoned",
                                  "gpus", "out_of_service", "gpu_faults", "node_losses"});
  return exit_success;
}

int change_faults(const SimWords& words) {
  const auto faults = faults_of(words.faults);
  if (!faults) throw SimFailure(faults.error().message, exit_usage);
  Server server(words.server);
  print(words, set_faults(server, words.name, *faults));
  return exit_success;
}

CLI::App* add_verb(CLI::App& sim, ChosenCommand& chosen, const Words& words, const char* verb,
                   const char* help, int (*act)(const SimWords&)) {
  auto* command = sim.add_subcommand(verb, help);
  add_server_flags(*command, words->server);
  command->add_flag("--json", words->json, "the answer as JSON");
  command->add_flag("--quiet", words->quiet, "no progress on the terminal");
  command->callback([&chosen, words, verb, act] {
    chosen = [words, verb, act] {
      try {
        return act(*words);
      } catch (const SimFailure& failure) {
        std::cerr << "orrery sim " << verb << ": " << failure.what() << '\n';
        return failure.code;
      }
    };
  });
  return command;
}

void add_machine_options(CLI::App& command, SimWords& words) {
  command.add_option("--nodes", words.node_count, "how many machines")
      ->required()
      ->check(CLI::Range(1u, 1'000'000u));
  command.add_option("--gpus", words.gpus_per_node, "of each machine")
      ->capture_default_str()
      ->check(CLI::Range(0u, 16u));
  command.add_option("--gpu-model", words.gpu_model, "their model")->capture_default_str();
  command.add_option("--cpus", words.cpu_count, "processors of each machine; 0: not counted")
      ->capture_default_str();
  command.add_option("--memory", words.memory_mib, "MiB of each machine; 0: not counted")
      ->capture_default_str();
  command.add_option("--seed", words.seed, "of its faults")->capture_default_str();
  command.add_option("--location", words.location,
                     "what customers of VMs call the cluster, where it is new; no VMs, if absent");
  command.add_option("--when-full", words.when_full, "of a new cluster: queue or refuse")
      ->capture_default_str();
  command.add_option("--strategy", words.strategy, "of a new cluster: pack or spread")
      ->capture_default_str();
}

constexpr auto faults_help = "published (docs/simulation.md), none, or a file in TOML or JSON";

}  // namespace

void add_sim_cluster_commands(CLI::App& sim, ChosenCommand& chosen) {
  const auto up = std::make_shared<SimWords>();
  auto* command =
      add_verb(sim, chosen, up, "up",
               "make a simulated cluster in a running server, or let one grow", bring_up);
  command->add_option("name,--cluster", up->name, "of the cluster")->required();
  add_machine_options(*command, *up);
  command->add_option("--faults", up->faults, faults_help);
  command->add_flag("--wait", up->waits, "until all machines are there");
  command->footer(
      "Example:\n"
      "  orrery sim up titan --nodes 100000 --gpus 8 --faults published --wait --data DIR\n"
      "Asked for again it does nothing twice; with more --nodes the cluster grows.");

  const auto status = std::make_shared<SimWords>();
  command = add_verb(sim, chosen, status, "status",
                     "how far simulated clusters are, and what is broken in them", show_status);
  command->add_option("name,--cluster", status->name, "of one cluster; all, if absent");
  command->add_flag("--wait", status->waits, "of one cluster: until all its machines are there");

  const auto faults = std::make_shared<SimWords>();
  command = add_verb(sim, chosen, faults, "faults",
                     "say what breaks in a simulated cluster from now on", change_faults);
  command->add_option("name,--cluster", faults->name, "of the cluster")->required();
  command->add_option("faults", faults->faults, faults_help)->required();
}

}  // namespace orrery
