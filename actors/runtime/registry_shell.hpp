#pragma once

#include <unordered_map>
#include <utility>

#include <caf/all.hpp>

#include "actors/runtime/aggregate_actor.hpp"
#include "actors/runtime/registry_actor.hpp"
#include "actors/runtime/residents.hpp"

namespace orrery {

template <class A>
struct Registry {
  struct HeldCommand {
    caf::response_promise promise;
    CommandMessage<A> message;
  };
  using Books = Residents<caf::actor, HeldCommand>;
  using Resident = typename Books::Resident;

  Books residents;
  std::unordered_map<caf::actor_id, Resident*> by_actor;
};

/// The shell behind `spawn_registry`; its contract stands there. Included only where registries are
/// instantiated.
template <class A>
class RegistryShell {
 public:
  using Self = caf::stateful_actor<Registry<A>>;
  using Resident = typename Registry<A>::Resident;

  RegistryShell(Self* self, LogAccess log, RegistryConfiguration configuration)
      : self_(self), log_(std::move(log)), configuration_(configuration) {}

  void take(CommandMessage<A>& message) {
    auto promise = self_->make_response_promise();
    auto* resident = books().find(message.id);
    if (resident && resident->resting) {
      resident->held.push_back({std::move(promise), std::move(message)});
      return;
    }
    auto& awake = resident ? *resident : wake(message.id);
    pass_on(awake, std::move(promise), std::move(message));
  }

  void came_to_its_end(const std::string& id) {
    auto* resident = books().find(id);
    if (resident && !resident->resting) put_to_rest(*resident);
  }

  void tick() {
    books().tick();
    while (auto* idle = books().idle(configuration_.idle_ticks)) put_to_rest(*idle);
  }

  void gone(const caf::down_msg& down) {
    const auto found = self_->state.by_actor.find(down.source.id());
    if (found == self_->state.by_actor.end()) return;
    const auto id = found->second->id;
    auto held = books().remove(*found->second);
    self_->state.by_actor.erase(found);
    for (auto& command : held) {
      auto* resident = books().find(id);
      auto& awake = resident ? *resident : wake(id);
      pass_on(awake, std::move(command.promise), std::move(command.message));
    }
  }

  void exit(const caf::exit_msg& exit) {
    books().visit([&](Resident& resident) {
      for (auto& command : resident.held) command.promise.deliver(caf::error(exit.reason));
      self_->send_exit(resident.handle, exit.reason);
    });
    self_->quit(exit.reason);
  }

 private:
  typename Registry<A>::Books& books() { return self_->state.residents; }

  Resident& wake(const std::string& id) {
    while (books().awake() >= configuration_.residents_max) put_to_rest(*books().least_used());
    auto& resident = books().add(id);
    resident.handle = self_->template spawn<caf::monitored + caf::lazy_init>(
        aggregate_actor<A>, id, log_, self_->address());
    self_->state.by_actor.emplace(resident.handle.id(), &resident);
    return resident;
  }

  void pass_on(Resident& resident, caf::response_promise promise, CommandMessage<A> message) {
    books().use(resident);
    promise.delegate(resident.handle, std::move(message));
  }

  void put_to_rest(Resident& resident) {
    books().rest(resident);
    self_->send(resident.handle, Rest{});
  }

  Self* self_;
  LogAccess log_;
  RegistryConfiguration configuration_;
};

template <class A>
caf::behavior registry_actor(typename RegistryShell<A>::Self* self, LogAccess log,
                             RegistryConfiguration configuration) {
  auto shell = std::make_shared<RegistryShell<A>>(self, std::move(log), configuration);
  self->set_down_handler([=](caf::down_msg& down) { shell->gone(down); });
  self->set_exit_handler([=](caf::exit_msg& exit) { shell->exit(exit); });
  return {
      [=](CommandMessage<A>& message) { shell->take(message); },
      [=](const CameToItsEnd& end) { shell->came_to_its_end(end.id); },
      [=](Tick) { shell->tick(); },
      [=](CountResidents) { return self->state.residents.size(); },
  };
}

template <class A>
caf::actor spawn_registry(caf::actor_system& system, LogAccess log,
                          RegistryConfiguration configuration) {
  return system.spawn(registry_actor<A>, std::move(log), configuration);
}

}  // namespace orrery
