#include "cli/demo_agent.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

#include <fmt/format.h>
#include <boost/system/system_error.hpp>

#include "cli/agent.hpp"
#include "cli/agent_registration.hpp"
#include "cli/logging.hpp"
#include "cli/machine_facts.hpp"
#include "http/gpushare/dispatcher.hpp"
#include "http/gpushare/endpoint_calls.hpp"
#include "http/upstream/upstream_client.hpp"
#include "projections/sharing/sharing_view.hpp"
#include "sim/simulated_model_server.hpp"

namespace orrery {

namespace {

constexpr std::chrono::seconds patience{10};

/// The node that an earlier start registered; else a new one.
AgentResult<AgentNode> provide_node(const Configuration& configuration,
                                    const GpushareContext& context, const DemoMarket& market,
                                    const std::string& url) {
  for (const auto& node : context.sharing->nodes_with(demo_model))
    if (node->offer.client_id == market.user_id && node->offer.reach == NodeReach::agent)
      return AgentNode{url, node->id, context.secret.node_token(node->id), node->offer.model};
  auto machine = find_machine();
  machine.gpu_info = "none";
  auto offer = to_json(machine);
  offer["model_name"] = demo_model;
  return register_node({url, configuration.http_tls_certificate, "Token " + market.token,
                        std::stoull(market.user_id)},
                       std::move(offer));
}

}  // namespace

struct DemoAgent::Parts {
  Parts() : model([](std::string_view) { return std::string(demo_model); }) {}

  void start(AgentConfiguration configuration) {
    AgentHands hands;
    hands.ask = [this](std::string asked, std::string question,
                       std::shared_ptr<gpushare::TokenSink> sink) {
      return gpushare::ask_model_server(upstream, model.target_of("demo"), std::move(asked),
                                        std::move(question), std::move(sink));
    };
    hands.log = [](std::string_view line) { log_info(fmt::format("demo agent: {}", line)); };
    agent = std::make_unique<Agent>(std::move(configuration), std::move(hands));
    thread = std::thread([this] {
      if (agent->run() == Agent::End::token_refused)
        log_warning("demo agent: its node was withdrawn; the next start registers another");
    });
  }

  SimulatedModelServer model;
  UpstreamClient upstream;
  std::unique_ptr<Agent> agent;
  std::thread thread;
};

DemoAgent::DemoAgent(const Configuration& configuration, const GpushareContext& context,
                     const DemoMarket& market, std::string url)
    : parts_(std::make_unique<Parts>()) {
  try {
    parts_->model.start();
  } catch (const boost::system::system_error& failure) {
    log_warning(fmt::format("demo agent: no simulated model: {}", failure.code().message()));
    return;
  }
  const auto node = provide_node(configuration, context, market, url);
  if (!node) {
    log_warning("demo agent: " + node.error().message);
    return;
  }
  AgentConfiguration agent;
  agent.server_url = std::move(url);
  agent.node_token = node->node_token;
  agent.ca_file = configuration.http_tls_certificate;
  agent.finish_max = std::chrono::milliseconds(0);
  parts_->start(std::move(agent));
  const auto give_up = std::chrono::steady_clock::now() + patience;
  std::mutex mutex;
  std::condition_variable nobody_calls;
  std::unique_lock lock(mutex);
  while (std::chrono::steady_clock::now() < give_up) {
    const auto known = context.sharing->node(node->node_id);
    if (known && context.dispatcher->is_live(*known)) return;
    nobody_calls.wait_for(lock, std::chrono::milliseconds(2));
  }
  log_warning("demo agent: its node isn't there yet");
}

DemoAgent::~DemoAgent() {
  if (!parts_->agent) return;
  parts_->agent->stop();
  parts_->thread.join();
}

}  // namespace orrery
