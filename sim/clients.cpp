#include "sim/clients.hpp"

#include <algorithm>
#include <utility>

#include "events/stream_name.hpp"

namespace orrery {

void Clients::want(AddressedCommand command) { requests_.push_back({std::move(command)}); }

void Clients::submit_one(CommandGateway& gateway, SeededRandom& random) {
  if (requests_.empty()) return;
  constexpr std::size_t repetition_permille = 100;
  if (random.chance(repetition_permille)) {
    const auto index = random.below(requests_.size());
    if (requests_[index].phase == Phase::answered) return submit(gateway, index);
  }
  const auto waiting = std::find_if(requests_.begin(), requests_.end(), [](const Request& request) {
    return request.phase == Phase::waiting;
  });
  if (waiting != requests_.end())
    submit(gateway, static_cast<std::size_t>(waiting - requests_.begin()));
}

void Clients::submit_waiting(CommandGateway& gateway) {
  for (std::size_t index = 0; index < requests_.size(); ++index)
    if (requests_[index].phase == Phase::waiting) submit(gateway, index);
}

void Clients::disconnect() {
  ++life_;
  for (auto& request : requests_)
    if (request.phase == Phase::on_its_way) request.phase = Phase::waiting;
}

bool Clients::all_answered() const {
  return std::all_of(requests_.begin(), requests_.end(),
                     [](const Request& request) { return request.phase == Phase::answered; });
}

void Clients::submit(CommandGateway& gateway, std::size_t index) {
  requests_[index].phase = Phase::on_its_way;
  std::visit(
      [&]<class A>(const To<A>& to) {
        const auto answered = [this, index, life = life_,
                               stream = stream_name(A::stream_prefix, to.id)](
                                  const boost::system::result<Outcome<A>, Unavailable>& result) {
          if (life != life_) return;
          requests_[index].phase = result ? Phase::answered : Phase::waiting;
          if (result && !result->rejection)
            on_acknowledged_(stream, result->version, result->position);
        };
        gateway.submit<A>({to.id, to.command, Origin{"client", 0, "request-" + to.id}, {}},
                          answered);
      },
      requests_[index].command);
}

}  // namespace orrery
