#pragma once

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include "actors/runtime/command_message.hpp"
#include "actors/runtime/log_access.hpp"
#include "storage/event_log_actor.hpp"
#include "storage/memory/memory_event_log.hpp"

namespace orrery {

/// A clock that stands where it was put.
class StandingClock : public Clock {
 public:
  Time now() const override { return time; }
  Time time{std::chrono::seconds(1'700'000'000)};
};

/// CAF on one thread: nothing moves until `run` is called.
struct TestingActors {
  TestingActors() { system.await_actors_before_shutdown(false); }

  struct Configuration : caf::actor_system_config {
    Configuration() { set("scheduler.policy", caf::atom("testing")); }
  };
  Configuration configuration;
  caf::actor_system system{configuration};
  caf::scheduler::test_coordinator& scheduler =
      dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
};

/// A log actor on a memory log, on one thread.
struct ActorFixture : TestingActors {
  MemoryEventLog memory_log;
  StandingClock clock;
  LogAccess log{&memory_log, spawn_event_log(system, {&memory_log, &clock, {}}, false)};
  /// One sender for all commands.
  caf::scoped_actor sender{system};

  ~ActorFixture() { caf::anon_send_exit(log.actor, caf::exit_reason::kill); }

  void run() { scheduler.run(); }

  /// An answer that has come, or will come with `run`.
  template <class A>
  struct Answer {
    std::optional<Outcome<A>> outcome;
    caf::error failure;
    bool accepted() const { return outcome && !outcome->rejection; }
  };

  /// Sends the command and runs everything there is to run.
  template <class A>
  Answer<A> ask(const caf::actor& registry, std::string id, typename A::Command command,
                std::string command_id = {}) {
    return ask_all<A>(registry, {{std::move(id), std::move(command), Origin{"test", 0, "test"},
                                  std::move(command_id)}})
        .front();
  }

  /// Sends all commands before anything runs.
  template <class A>
  std::vector<Answer<A>> ask_all(const caf::actor& registry,
                                 std::vector<CommandMessage<A>> commands) {
    using Response = decltype(sender->request(registry, caf::infinite, commands.front()));
    std::vector<Response> responses;
    for (auto& command : commands)
      responses.push_back(sender->request(registry, caf::infinite, std::move(command)));
    run();
    std::vector<Answer<A>> answers(responses.size());
    for (std::size_t i = 0; i < responses.size(); ++i)
      responses[i].receive([&](const Outcome<A>& outcome) { answers[i].outcome = outcome; },
                           [&](const caf::error& error) { answers[i].failure = error; });
    return answers;
  }
};

}  // namespace orrery
