#pragma once

#include <string>
#include <string_view>

#include "cli/configuration.hpp"
#include "cli/demo_center.hpp"
#include "cli/demo_market.hpp"
#include "cli/demo_namespace.hpp"
#include "cli/fleet_arrival.hpp"
#include "cli/stop_signals.hpp"
#include "http/auth/bootstrap.hpp"

namespace orrery {

struct ReadModels;

/// Everything a client of a development server needs.
struct DemoCredentials {
  BootstrapCredentials tenant;
  DemoNamespace neolink;
  DemoMarket market;
  DemoCenter center;
};

/// What `serve --dev` adds: sees to it that the demo fleet is there and in service, and that the
/// demo tenant, its keys, its namespace, and the people of the marketplace and of the center exist.
/// Blocks until then, or until a stop signal is pending: nodes of a slow time scale take long to
/// boot. Throws `StartFailure`.
DemoCredentials set_up_demo(const Configuration& configuration, const ReadModels& models,
                            CommandGateway& gateway, FleetArrival& arrival,
                            SubjectKeys& subject_keys, const PasswordPool& passwords,
                            const GpushareContext& market, const AicenterContext& center,
                            const StopSignals& stop_signals);

/// Writes `<data>/dev-credentials.json`. Throws `StartFailure`.
void write_demo_credentials(const Configuration& configuration, const DemoCredentials& credentials,
                            std::string_view base_url);

/// What `serve --dev` prints: where it serves, the credentials, and lines to copy into a shell.
std::string demo_welcome(const Configuration& configuration, const DemoCredentials& credentials,
                         std::string_view base_url);

}  // namespace orrery
