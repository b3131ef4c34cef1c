#include "cli/demo.hpp"

#include <fmt/format.h>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "cli/data_directory.hpp"
#include "cli/demo_agent.hpp"
#include "cli/demo_fleet.hpp"
#include "cli/exit_codes.hpp"
#include "cli/logging.hpp"
#include "cli/start_failure.hpp"

namespace orrery {
namespace {

/// Nodes of the simulated driver boot in a fraction of a second; 200,000 take a while to register.
constexpr std::chrono::seconds arrival_timeout{120};

std::filesystem::path credentials_file(const Configuration& configuration) {
  return configuration.data / "dev-credentials.json";
}

/// Blocks until the fleet has arrived, the timeout has passed or the server is told to stop.
bool await_fleet(FleetArrival& arrival, const FleetArrival::Count& expected,
                 const StopSignals& stop_signals) {
  constexpr std::chrono::milliseconds look_up{50};
  for (std::chrono::milliseconds waited{0}; waited < arrival_timeout; waited += look_up) {
    if (arrival.wait_for(expected, look_up)) return true;
    if (stop_signals.pending()) return false;
  }
  return false;
}

constexpr std::string_view welcome_text = R"(
  email         {email}
  password      {password}
  access key    {access_key}
  operator key  {operator_key}
  organization  {organization}
  project       {project_id}
  NeoLink user  {user_id}
  NeoLink token {token}
  (also in {file})

What is free, a VM, and how it is doing:

  {curl} '{project}/availabilities?product_name=l40s-48gb.2x'
  {curl} -H 'Content-Type: application/json' {project}/vms -d '{{"name": "node-01", "type": "l40s-48gb.2x", "location": "us-southcentral1-a", "image": "ubuntu22.04-nvidia-pcie-docker", "ssh_public_key": "ssh-rsa AAAAB..."}}'
  {curl} {project}/vms

What NeoLink sells, a container instance, and how it is doing:

  {neolink_curl} '{mdc}/skus/computings?region_id=14c5a9e3-0d09-4aa0-99d3-c096b80cceaa'
  {neolink_curl} -H 'Content-Type: application/json' {instances} -d '{{"Cost": {{"CostType": "1", "DiskSKUID": "1", "GPUSKUID": "66"}}, "VolumeMount": [{{"PathInContainer": "/root/data", "Size": 50, "Type": "shared-filesystem"}}], "namespace": "{user_id}", "displayName": "test1", "image": "images.neolink-ai.com/matrixdc/tensorflow:2.15.0-python3.10-cuda12.1.0-cudnn8-devel-ubuntu22.04"}}'
  {neolink_curl} {instances}

A model server ({whose_hands}), how it is doing, and an answer of it:

  curl -sS -H 'Content-Type: application/json' {services} -d '{{"recipe_name": "{recipe}"}}'
  curl -sS {services}
  curl -sS -H 'Content-Type: application/json' {vllm}/$(curl -sS {services} | jq -r '.[-1].id')/prompt -d '{{"prompt": "Tell me a joke about programming"}}'

The marketplace's models, and an answer of one (simulated, and it says so) whole and piece by piece:

  {market_curl} {base_url}/llm_models/all-models/
  {market_curl} -H 'Content-Type: application/json' {base_url}/inference/ -d '{{"client": {market_user}, "question_text": "Why is the sky blue?", "desired_model": "{market_model}"}}'
  {market_curl} -N -H 'Content-Type: application/json' {base_url}/inference/stream/ -d '{{"client": {market_user}, "question_text": "Why is the sky blue?", "desired_model": "{market_model}"}}'

The university's center (Slurm's REST API): a job, the queue, the same from Slurm's commands, and the example resource:

  {slurm_curl} -H 'Content-Type: application/json' {slurm}/job/submit -d '{{"script": "#!/bin/bash\n#SBATCH --gres=gpu:a100:1\n#ORRERY --run-time=5m\npython train.py\n", "job": {{"name": "train", "time_limit": 60, "current_working_directory": "/", "environment": {{"PATH": "/usr/bin:/bin"}}}}}}'
  {slurm_curl} {slurm}/jobs
  orrery sinfo --data {data}; orrery squeue --data {data}
  curl -sS -H 'Authorization: {kitten_key}' {base_url}/api/kittens

Stop with Ctrl-C.
)";

}  // namespace

DemoCredentials set_up_demo(const Configuration& configuration, const ReadModels& models,
                            CommandGateway& gateway, FleetArrival& arrival,
                            SubjectKeys& subject_keys, const PasswordPool& passwords,
                            const GpushareContext& market, const AicenterContext& center,
                            const StopSignals& stop_signals) {
  const auto& secret = market.secret;
  auto fleet = demo_fleet(configuration.dev_nodes);
  leave_out_known(fleet, models);
  const auto expected = value_or_stop(declare_fleet(gateway, fleet), exit_demo);
  DemoCredentials credentials;
  const BootstrapPlan plan;
  credentials.tenant =
      value_or_stop(bootstrap(gateway, subject_keys, passwords, secret, plan), exit_demo);
  credentials.neolink = provide_demo_namespace(gateway, secret, secret.account_id(plan.email));
  credentials.market = provide_demo_market(market);
  credentials.center = provide_demo_center(center);
  if (!await_fleet(arrival, expected, stop_signals))
    log_warning("some nodes of the demo fleet have not booted yet");
  return credentials;
}

void write_demo_credentials(const Configuration& configuration, const DemoCredentials& credentials,
                            std::string_view base_url) {
  const auto& tenant = credentials.tenant;
  const boost::json::object mkinf{{"email", tenant.email},
                                  {"password", tenant.password},
                                  {"access_key", tenant.access_key},
                                  {"organization_id", tenant.organization_id},
                                  {"project_id", tenant.project_id}};
  const boost::json::object orrery{{"operator_key", tenant.operator_key},
                                   {"url", std::string(base_url)}};
  const boost::json::object crusoe{{"access_key_id", tenant.access_key_id},
                                   {"secret_key", tenant.signing_secret}};
  const boost::json::object neolink{{"user_id", credentials.neolink.user_id},
                                    {"token", credentials.neolink.token}};
  const boost::json::object aifactory{{"base_url", std::string(base_url)}};
  const auto& market = credentials.market;
  const boost::json::object gpushare{{"email", market.email},
                                     {"username", market.username},
                                     {"password", market.password},
                                     {"token", market.token},
                                     {"user_id", std::stoull(market.user_id)},
                                     {"admin_token", market.admin_token}};
  const auto& center = credentials.center;
  const boost::json::object aicenter{{"user", center.user},
                                     {"token", center.token},
                                     {"api_key", center.api_key},
                                     {"admin_user", center.admin_user},
                                     {"admin_token", center.admin_token}};
  const boost::json::object all{{"mkinf", mkinf},       {"crusoe", crusoe},
                                {"neolink", neolink},   {"aifactory", aifactory},
                                {"gpushare", gpushare}, {"aicenter", aicenter},
                                {"orrery", orrery}};
  value_or_stop(
      write_private_file(credentials_file(configuration), boost::json::serialize(all) + "\n"),
      exit_data_directory);
}

std::string demo_welcome(const Configuration& configuration, const DemoCredentials& credentials,
                         std::string_view base_url) {
  const auto& tenant = credentials.tenant;
  const auto& neolink = credentials.neolink;
  const auto project = fmt::format("{}/v0.1/projects/{}", base_url, tenant.project_id);
  const auto curl = fmt::format("curl -sS -H 'Authorization: Bearer {}'", tenant.access_key);
  const auto neolink_curl = fmt::format("curl -sS -H 'namespace: {}' -H 'Authorization: bearer {}'",
                                        neolink.user_id, neolink.token);
  return fmt::format(
      welcome_text, fmt::arg("email", tenant.email), fmt::arg("password", tenant.password),
      fmt::arg("access_key", tenant.access_key), fmt::arg("operator_key", tenant.operator_key),
      fmt::arg("organization", tenant.organization_id), fmt::arg("project_id", tenant.project_id),
      fmt::arg("user_id", neolink.user_id), fmt::arg("token", neolink.token),
      fmt::arg("file", credentials_file(configuration).string()), fmt::arg("curl", curl),
      fmt::arg("project", project), fmt::arg("neolink_curl", neolink_curl),
      fmt::arg("mdc", fmt::format("{}/mdc/api/v1", base_url)),
      fmt::arg("whose_hands", configuration.local_process_enabled
                                  ? "a process of this host, see docs/local-process.md"
                                  : "simulated, and it says so"),
      fmt::arg("recipe",
               configuration.local_process_enabled ? "inference/llamacpp" : "inference/vllm"),
      fmt::arg("base_url", base_url), fmt::arg("market_user", credentials.market.user_id),
      fmt::arg("market_model", demo_model),
      fmt::arg("market_curl",
               fmt::format("curl -sS -H 'Authorization: Token {}'", credentials.market.token)),
      fmt::arg("services", fmt::format("{}/api/v1/services", base_url)),
      fmt::arg("slurm_curl",
               fmt::format("curl -sS -H 'X-SLURM-USER-NAME: {}' -H 'X-SLURM-USER-TOKEN: {}'",
                           credentials.center.user, credentials.center.token)),
      fmt::arg("slurm", fmt::format("{}/slurm/v0.0.38", base_url)),
      fmt::arg("data", configuration.data.string()),
      fmt::arg("kitten_key", credentials.center.api_key),
      fmt::arg("vllm", fmt::format("{}/api/v1/vllm", base_url)),
      fmt::arg("instances",
               fmt::format("{}/mdc/api/v1/clusters/host-cluster/instances", base_url)));
}

}  // namespace orrery
