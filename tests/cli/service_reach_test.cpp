#include "cli/service_reach.hpp"

#include <fstream>

#include <catch2/catch.hpp>

#include "projections/nodes/node_view.hpp"
#include "projections/services/service_view.hpp"
#include "tests/projections/history.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace orrery;

namespace {

/// The service 17, which has run with fence 7 on a node of this driver.
struct Reached {
  ScratchFolder local_runs;
  ScratchFolder slurm_runs;
  Told<NodeView> nodes;
  Told<ServiceView> services;
  ServiceReach reach{services.view, nodes.view, local_runs.path(), slurm_runs.path()};

  explicit Reached(NodeDriver driver) {
    NodeRegistered node;
    node.cluster = "c";
    node.driver = driver;
    nodes.tell("node/n1", node);
    services.tell("service/17", ServiceRequested{});
  }
  void launch() {
    services.tell("service/17", ServicePlaced{"service-17", "n1", {}, 7});
    services.tell("service/17", ServiceLaunched{"10.0.0.7", 21'001});
  }
  std::optional<UpstreamTarget> target() const {
    return reach.target_of(*services.view.find("17"));
  }
  ServiceOutput output() const { return reach.output_of(*services.view.find("17"), 1'000); }
};

void write_log(const ScratchFolder& runs, const std::string& text) {
  std::filesystem::create_directories(runs.path() / "17.7");
  std::ofstream(runs.path() / "17.7" / "out.log", std::ios::app) << text;
}

}  // namespace

TEST_CASE("a service on a node of Slurm is reached there, by the address that its driver gave") {
  Reached reached(NodeDriver::slurm);
  CHECK_FALSE(reached.target());
  reached.launch();
  CHECK(reached.target() == UpstreamTarget{"10.0.0.7", 21'001, "", UpstreamReach::anywhere});
}

TEST_CASE("what a service on a node of Slurm writes is seen while it writes it") {
  Reached reached(NodeDriver::slurm);
  reached.launch();
  CHECK_FALSE(reached.output().out);
  write_log(reached.local_runs, "another's\n");
  CHECK_FALSE(reached.output().out);
  write_log(reached.slurm_runs, "first\n");
  CHECK(reached.output().out == "first\n");
  write_log(reached.slurm_runs, "second\n");
  CHECK(reached.output().out == "first\nsecond\n");
}

TEST_CASE("a service of this host is reached by loopback alone, whatever host it was given") {
  Reached reached(NodeDriver::local_process);
  reached.launch();
  CHECK(reached.target() == UpstreamTarget{"127.0.0.1", 21'001, "", UpstreamReach::this_host});
  write_log(reached.local_runs, "here\n");
  CHECK(reached.output().out == "here\n");
}
