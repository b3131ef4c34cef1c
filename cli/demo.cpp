#include "cli/demo.hpp"

#include <fmt/format.h>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "cli/data_directory.hpp"
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

}  // namespace

BootstrapCredentials set_up_demo(const Configuration& configuration, const ReadModels& models,
                                 CommandGateway& gateway, FleetArrival& arrival,
                                 SubjectKeys& subject_keys, const PasswordPool& passwords,
                                 const EdgeSecret& secret, const StopSignals& stop_signals) {
  auto fleet = demo_fleet(configuration.dev_nodes);
  leave_out_known(fleet, models);
  const auto expected = value_or_stop(declare_fleet(gateway, fleet), exit_demo);
  auto credentials =
      value_or_stop(bootstrap(gateway, subject_keys, passwords, secret, {}), exit_demo);
  if (!await_fleet(arrival, expected, stop_signals))
    log_warning("some nodes of the demo fleet have not booted yet");
  return credentials;
}

void write_demo_credentials(const Configuration& configuration,
                            const BootstrapCredentials& credentials, std::string_view base_url) {
  const boost::json::object mkinf{{"email", credentials.email},
                                  {"password", credentials.password},
                                  {"access_key", credentials.access_key},
                                  {"organization_id", credentials.organization_id},
                                  {"project_id", credentials.project_id}};
  const boost::json::object orrery{{"operator_key", credentials.operator_key},
                                   {"url", std::string(base_url)}};
  const boost::json::object crusoe{{"access_key_id", credentials.access_key_id},
                                   {"secret_key", credentials.signing_secret}};
  const boost::json::object all{{"mkinf", mkinf}, {"crusoe", crusoe}, {"orrery", orrery}};
  value_or_stop(
      write_private_file(credentials_file(configuration), boost::json::serialize(all) + "\n"),
      exit_data_directory);
}

std::string demo_welcome(const Configuration& configuration,
                         const BootstrapCredentials& credentials, std::string_view base_url) {
  const auto project = fmt::format("{}/v0.1/projects/{}", base_url, credentials.project_id);
  const auto curl = fmt::format("curl -sS -H 'Authorization: Bearer {}'", credentials.access_key);
  return fmt::format(
      R"(
  email         {email}
  password      {password}
  access key    {access_key}
  operator key  {operator_key}
  organization  {organization}
  project       {project_id}
  (also in {file})

What is free, a VM, and how it is doing:

  {curl} '{project}/availabilities?product_name=l40s-48gb.2x'
  {curl} -H 'Content-Type: application/json' {project}/vms -d '{{"name": "node-01", "type": "l40s-48gb.2x", "location": "us-southcentral1-a", "image": "ubuntu22.04-nvidia-pcie-docker", "ssh_public_key": "ssh-rsa AAAAB..."}}'
  {curl} {project}/vms

Stop with Ctrl-C.
)",
      fmt::arg("email", credentials.email), fmt::arg("password", credentials.password),
      fmt::arg("access_key", credentials.access_key),
      fmt::arg("operator_key", credentials.operator_key),
      fmt::arg("organization", credentials.organization_id),
      fmt::arg("project_id", credentials.project_id),
      fmt::arg("file", credentials_file(configuration).string()), fmt::arg("curl", curl),
      fmt::arg("project", project));
}

}  // namespace orrery
