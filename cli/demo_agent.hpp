#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "cli/configuration.hpp"
#include "cli/demo_market.hpp"
#include "http/gpushare/context.hpp"

namespace orrery {

/// What clients of a development server's marketplace ask at once.
inline constexpr std::string_view demo_model = "orrery-demo";

/// An agent in the server's own process, as `orrery agent` is one elsewhere: it registers a node of
/// the demo's provider over HTTP, or takes the one that was registered before, and answers with
/// what a simulated model server says (which says that it is simulated).
class DemoAgent {
 public:
  /// `url` is where the server listens already. Blocks until questions would be answered, or for
  /// some seconds. Where it fails the log says why, and the server goes on without.
  DemoAgent(const Configuration& configuration, const GpushareContext& context,
            const DemoMarket& market, std::string url);
  /// Before the edge drains. The node stays registered.
  ~DemoAgent();
  DemoAgent(const DemoAgent&) = delete;
  DemoAgent& operator=(const DemoAgent&) = delete;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace orrery
