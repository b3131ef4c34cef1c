#include <atomic>
#include <csignal>
#include <fstream>
#include <iostream>
#include <memory>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>
#include <CLI/CLI.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>

#include "cli/agent.hpp"
#include "cli/agent_registration.hpp"
#include "cli/command.hpp"
#include "cli/configuration_sources.hpp"
#include "cli/exit_codes.hpp"
#include "cli/logging.hpp"
#include "cli/machine_facts.hpp"
#include "cli/stop_signals.hpp"
#include "drivers/owner/gpu_telemetry.hpp"
#include "http/gpushare/endpoint_calls.hpp"
#include "http/gpushare/endpoint_url.hpp"
#include "http/transfers/http_transfers.hpp"
#include "http/upstream/model_answer.hpp"
#include "http/upstream/upstream_client.hpp"
#include "storage/descriptor.hpp"

namespace orrery {
namespace {

constexpr auto description =
    "offer this machine's model to a marketplace: dial out to a server, take questions, and bring\n"
    "back what an OpenAI-compatible server beside it (vLLM, llama.cpp, Ollama …) answers";
constexpr auto footer =
    "Example:\n"
    "  orrery agent --server https://orrery.example --username ada --password-file password \\\n"
    "    --model llama-3.1-8b --openai http://127.0.0.1:8000 --state agent.json\n"
    "SIGTERM lets it finish what it has, and takes the machine off the market.";

struct AgentFlags {
  std::string server_url;
  std::string username, password_file, token_file;
  std::uint64_t user_id = 0;
  std::string model, served_model, openai_url, gpu_info;
  std::uint32_t concurrency = 16;
  std::uint32_t heartbeat_s = 30, finish_s = 30;
  std::string state_file, ca_file;
  std::string log_level = "info";
  bool stays_registered = false;
};

AgentResult<std::string> text(std::string value) {
  return {boost::system::in_place_value, std::move(value)};
}

/// Its first line.
AgentResult<std::string> read_secret(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  boost::algorithm::trim(line);
  if (!in.eof() && in.fail()) return AgentFailure{file + " can't be read"};
  if (line.empty()) return AgentFailure{file + " holds no secret"};
  return text(std::move(line));
}

AgentResult<std::string> authorization_of(const AgentFlags& flags) {
  if (!flags.token_file.empty()) {
    const auto token = read_secret(flags.token_file);
    if (!token) return token.error();
    return text("Token " + *token);
  }
  if (flags.username.empty() || flags.password_file.empty())
    return AgentFailure{"give --username and --password-file, or --token-file"};
  const auto password = read_secret(flags.password_file);
  if (!password) return password.error();
  return text(basic_authorization(flags.username, *password));
}

/// What the model server calls its model, where it has one only and nobody has said it.
std::string find_served_model(const AgentFlags& flags, const UpstreamTarget& target) {
  if (!flags.served_model.empty()) return flags.served_model;
  const auto url = fmt::format(
      "http://{}:{}{}/v1/models",
      target.host.find(':') == std::string::npos ? target.host : fmt::format("[{}]", target.host),
      target.port, target.base_path);
  const auto outcome = transfer_now({"GET", url}, {});
  if (!outcome.is_success()) {
    log_warning(fmt::format("{} doesn't answer yet ({}): its model is taken for \"{}\"",
                            flags.openai_url, outcome.failure, flags.model));
    return flags.model;
  }
  const auto models = read_models(outcome.body);
  return models && models->size() == 1 ? models->front() : flags.model;
}

AgentResult<AgentNode> register_anew(const AgentFlags& flags, const UpstreamTarget& target) {
  const auto authorization = authorization_of(flags);
  if (!authorization) return authorization.error();
  auto machine = find_machine();
  if (!flags.gpu_info.empty()) machine.gpu_info = flags.gpu_info;
  auto offer = to_json(machine);
  offer["model_name"] = flags.model;
  offer["served_model"] = find_served_model(flags, target);
  offer["concurrency"] = flags.concurrency;
  auto node = register_node({flags.server_url, flags.ca_file, *authorization, flags.user_id},
                            std::move(offer));
  if (node && !flags.state_file.empty())
    if (const auto written = write_agent_state(flags.state_file, *node); !written)
      return written.error();
  return node;
}

/// A node has one agent at a time: the file beside its state is locked for as long as this lives.
/// Nothing where another has it.
std::optional<Descriptor> lock_state(const std::string& state_file) {
  if (state_file.empty()) return Descriptor();
  Descriptor lock(::open((state_file + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (lock && ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) return std::nullopt;
  return lock;  // Where there can be no such file, writing the state says why.
}

/// Encrypted, or on this host.
bool is_private(const std::string& server_url) {
  const auto url = boost::urls::parse_uri(server_url);
  if (!url) return true;  // It fails later, with a better sentence.
  boost::system::error_code is_name;
  const auto address = boost::asio::ip::make_address(url->host_address(), is_name);
  return url->scheme() != "http" || url->host_address() == "localhost" ||
         (!is_name && address.is_loopback());
}

/// The node that it was before, or a new one.
AgentResult<AgentNode> find_node(const AgentFlags& flags, const UpstreamTarget& target) {
  if (!flags.state_file.empty()) {
    const auto kept = read_agent_state(flags.state_file);
    if (!kept) return kept.error();
    if (*kept && (*kept)->server_url == flags.server_url && (*kept)->model == flags.model)
      return **kept;
    if (*kept)
      log_warning(fmt::format("{} is of a node with model {} at {}: this one is another",
                              flags.state_file, (*kept)->model, (*kept)->server_url));
  }
  return register_anew(flags, target);
}

AgentConfiguration agent_configuration(const AgentFlags& flags, const AgentNode& node) {
  AgentConfiguration configuration;
  configuration.server_url = node.server_url;
  configuration.node_token = node.node_token;
  configuration.ca_file = flags.ca_file;
  configuration.concurrency = flags.concurrency;
  configuration.heartbeat_interval = std::chrono::seconds(flags.heartbeat_s);
  configuration.finish_max = std::chrono::seconds(flags.finish_s);
  return configuration;
}

/// Until the agent ends, or a signal makes it.
Agent::End run_until_stopped(Agent& agent, StopSignals& signals) {
  auto end = Agent::End::stopped;
  std::atomic<bool> is_told = false;
  std::thread worker([&] {
    end = agent.run();
    if (!is_told) ::kill(::getpid(), SIGTERM);  // Nobody needs to wait for a signal any more.
  });
  signals.wait();
  is_told = true;
  agent.stop();
  worker.join();
  return end;
}

int take_off(const AgentFlags& flags, const AgentNode& node) {
  if (flags.stays_registered) return exit_success;
  if (const auto gone = deregister_node(node, flags.ca_file); !gone) {
    log_error(gone.error().message);
    return exit_failure;
  }
  if (!flags.state_file.empty()) std::filesystem::remove(flags.state_file);
  log_info(fmt::format("node {} is off the market", node.node_id));
  return exit_success;
}

int serve_market(const AgentFlags& flags) {
  StopSignals signals;
  start_logging(flags.log_level);
  const auto target = gpushare::read_endpoint(flags.openai_url, UpstreamReach::anywhere);
  if (!target) {
    log_error(fmt::format("--openai {}: {}", flags.openai_url, target.error().sentence));
    return exit_usage;
  }
  if (!is_private(flags.server_url))
    log_warning(
        fmt::format("{} is plain HTTP: secrets, questions and answers can be read on the way",
                    flags.server_url));
  const auto lock = lock_state(flags.state_file);
  if (!lock) {
    log_error(fmt::format("another agent uses {}", flags.state_file));
    return exit_failure;
  }
  const auto node = find_node(flags, *target);
  if (!node) {
    log_error(node.error().message);
    return exit_failure;
  }
  UpstreamClient upstream;
  Agent agent(
      agent_configuration(flags, *node),
      {[&](std::string model, std::string question, std::shared_ptr<gpushare::TokenSink> sink) {
         return gpushare::ask_model_server(upstream, *target, std::move(model), std::move(question),
                                           std::move(sink));
       },
       find_gpu_telemetry, [](std::string_view line) { log_info(line); }});
  std::cout << fmt::format("Orrery agent: node {} offers {} at {}\n", node->node_id, node->model,
                           node->server_url)
            << std::flush;  // Scripts wait for this line.
  switch (run_until_stopped(agent, signals)) {
    case Agent::End::stopped:
      return take_off(flags, *node);
    case Agent::End::replaced:
      log_error(fmt::format("another agent works for node {} now", node->node_id));
      return exit_failure;
    case Agent::End::token_refused:
      break;
  }
  log_error(fmt::format("the server doesn't know node {} any more{}", node->node_id,
                        flags.state_file.empty()
                            ? ""
                            : fmt::format("; remove {} to register anew", flags.state_file)));
  return exit_failure;
}

}  // namespace

void add_agent_command(CLI::App& orrery, ChosenCommand& chosen) {
  auto* command = orrery.add_subcommand("agent", description);
  command->footer(footer);
  const auto flags = std::make_shared<AgentFlags>();
  const auto add = [&](const char* name, auto AgentFlags::*member, const char* what) {
    return command->add_option(name, (*flags).*member, what);
  };
  add("--server", &AgentFlags::server_url, "URL of the marketplace (ORRERY_URL)")
      ->envname("ORRERY_URL")
      ->required();
  add("--username", &AgentFlags::username, "user name or mail address of the provider");
  add("--password-file", &AgentFlags::password_file, "file with his password");
  add("--token-file", &AgentFlags::token_file, "file with a token of his, instead of both");
  add("--user", &AgentFlags::user_id, "id of the provider, where an admin registers for him");
  add("--model", &AgentFlags::model, "name by which clients ask for the model")->required();
  add("--openai", &AgentFlags::openai_url,
      "URL of the OpenAI-compatible server beside it, such as http://127.0.0.1:8000")
      ->required();
  add("--served-model", &AgentFlags::served_model,
      "what that server calls the model (default: its only one, or the model's name)");
  add("--concurrency", &AgentFlags::concurrency, "questions that it answers at once")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  add("--gpu", &AgentFlags::gpu_info,
      "its GPUs, such as \"2x NVIDIA GeForce RTX 4090\" (default: as nvidia-smi finds them)");
  add("--heartbeat", &AgentFlags::heartbeat_s, "seconds between two heartbeats")
      ->check(CLI::Range(1, 3'600))
      ->capture_default_str();
  add("--finish", &AgentFlags::finish_s, "seconds to finish what it has when it is stopped")
      ->check(CLI::Range(0, 3'600))
      ->capture_default_str();
  add("--state", &AgentFlags::state_file, "file that keeps the node for the next start");
  add("--ca-file", &AgentFlags::ca_file, "certificates to trust (SSL_CERT_FILE)")
      ->envname("SSL_CERT_FILE");
  add("--log-level", &AgentFlags::log_level, "debug, info, warn or error")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}))
      ->capture_default_str();
  command->add_flag("--stay-registered", flags->stays_registered,
                    "stay on the market when it is stopped, for a start with the same --state");
  command->callback([&chosen, flags] {
    while (flags->server_url.ends_with('/')) flags->server_url.pop_back();
    chosen = [flags]() -> int { return serve_market(*flags); };
  });
}

}  // namespace orrery
