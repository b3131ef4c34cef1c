#pragma once

#include <optional>
#include <string>

#include "actors/runtime/control_plane.hpp"
#include "drivers/driver_actor.hpp"
#include "sim/simulated_driver_actor.hpp"
#include "tests/support/actor_fixture.hpp"

namespace orrery {

/// A control plane with a simulated driver on one thread and a virtual clock.
struct ControlPlaneFixture : TestingActors {
  MemoryEventLog memory_log;
  StandingClock clock;
  ControlPlane plane{system, configuration_on(memory_log, clock)};
  caf::actor driver = spawn_simulated_driver(system, plane.bus(), {}, &clock);
  caf::actor duties = spawn_driver_duties(system, plane.log_access(), {driver, {}, {}});
  caf::scoped_actor sender{system};

  static ControlPlaneConfiguration configuration_on(MemoryEventLog& log, const Clock& clock) {
    ControlPlaneConfiguration configuration;
    configuration.log = &log;
    configuration.clock = &clock;
    configuration.log_thread_of_its_own = false;
    return configuration;
  }

  ~ControlPlaneFixture() {
    plane.abandon();
    caf::anon_send_exit(duties, caf::exit_reason::kill);
    caf::anon_send_exit(driver, caf::exit_reason::kill);
    scheduler.run();
  }

  void run() {
    while (scheduler.has_job()) scheduler.run_once();
  }

  void run_for(std::chrono::milliseconds span) {
    constexpr std::chrono::milliseconds step{250};
    run();
    for (; span.count() > 0; span -= step) {
      clock.time += step;
      scheduler.advance_time(step);
      run();
    }
  }

  template <class A>
  std::optional<Outcome<A>> ask(std::string id, typename A::Command command) {
    auto response = sender->request(
        plane.bus().registry<A>(), caf::infinite,
        CommandMessage<A>{std::move(id), std::move(command), Origin{"test", 0, "test"}, {}});
    run();
    std::optional<Outcome<A>> answer;
    response.receive([&](const Outcome<A>& outcome) { answer = outcome; },
                     [](const caf::error&) {});
    return answer;
  }

  /// The facts of a stream, by their names.
  std::vector<std::string> facts(const std::string& stream) const {
    std::vector<std::string> names;
    (void)memory_log.read_stream(stream, 1, [&](const StoredEvent& stored) {
      names.emplace_back(name_of(record(stored).event));
      return true;
    });
    return names;
  }

  void declare_cluster(std::uint32_t node_count, std::uint32_t gpu_count) {
    ask<Cluster>("us-east1-a",
                 Cluster::Declare{{"us-east1-a", WhenFull::refuse, PlacementStrategy::pack}});
    ask<AddressPool>("public", AddressPool::Declare{{"us-east1-a", "198.18.0.0/24"}});
    for (std::uint32_t i = 0; i < node_count; ++i)
      ask<Node>("n" + std::to_string(i), Node::Register{{"us-east1-a", "A40-48GB", gpu_count}});
    run_for(std::chrono::seconds(1));
  }

  void create_vm(const std::string& vm_id, std::uint32_t gpu_count) {
    VmSpecification specification;
    specification.project_id = "p1";
    specification.name = vm_id;
    specification.cluster = specification.location = "us-east1-a";
    specification.gpu_model = "A40-48GB";
    specification.gpu_count = gpu_count;
    ask<Operation>("create-" + vm_id, Operation::Start{{"p1", vm_id, CreateVm{specification, {}}}});
  }

  void delete_vm(const std::string& vm_id) {
    ask<Operation>("delete-" + vm_id, Operation::Start{{"p1", vm_id, DeleteVm{}}});
  }
};

}  // namespace orrery
