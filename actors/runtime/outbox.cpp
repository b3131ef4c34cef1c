#include "actors/runtime/outbox.hpp"

#include <functional>
#include <utility>

#include <boost/container_hash/hash.hpp>

namespace orrery {

std::size_t Outbox::TargetHash::operator()(const Target& target) const {
  auto seed = target.aggregate;
  boost::hash_combine(seed, std::hash<std::string>{}(target.id));
  return seed;
}

void Outbox::push(OwedCommand command) {
  Target target{command.command.index(),
                std::visit([](const auto& to) { return to.id; }, command.command)};
  auto [found, fresh] = lanes_.try_emplace(std::move(target));
  auto& lane = found->second;
  if (fresh) {
    lane.aggregate = found->first.aggregate;
    lane.id = found->first.id;
    ready_.push_back(&lane);
  }
  lane.commands.push_back(std::move(command));
  ++size_;
}

Outbox::Lane* Outbox::next() {
  if (ready_.empty() || in_flight_ >= in_flight_max_) return nullptr;
  auto* lane = ready_.front();
  ready_.pop_front();
  ++in_flight_;
  return lane;
}

void Outbox::settle(Lane& lane) {
  --in_flight_;
  --size_;
  lane.commands.pop_front();
  if (lane.commands.empty()) {
    lanes_.erase(Target{lane.aggregate, lane.id});
  } else {
    ready_.push_back(&lane);
  }
}

void Outbox::fail(Lane& lane) {
  --in_flight_;
  failed_.push_back(&lane);
}

void Outbox::retry() {
  ready_.insert(ready_.end(), failed_.begin(), failed_.end());
  failed_.clear();
}

}  // namespace orrery
