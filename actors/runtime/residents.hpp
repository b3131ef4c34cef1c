#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <boost/intrusive/list.hpp>

namespace orrery {

/// The books of a registry: which aggregates have an actor, when each was used last, and what is
/// held back for those on their way to rest. Pure; `Handle` stands for an actor, `Held` for a
/// command with its sender.
template <class Handle, class Held>
class Residents {
 public:
  struct Resident : boost::intrusive::list_base_hook<> {
    explicit Resident(std::string resident_id) : id(std::move(resident_id)) {}
    const std::string id;
    Handle handle;
    std::uint64_t used_tick = 0;
    /// On its way to rest: it takes no command any more, they wait in `held`.
    bool resting = false;
    std::vector<Held> held;
  };

  /// Null where the aggregate has no actor.
  Resident* find(const std::string& id) {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : &found->second;
  }

  /// Adds one that has no actor yet.
  Resident& add(const std::string& id) {
    auto& resident = by_id_.try_emplace(id, id).first->second;
    by_use_.push_back(resident);
    resident.used_tick = tick_;
    return resident;
  }

  /// It takes a command now. Not for one that is resting.
  void use(Resident& resident) {
    resident.used_tick = tick_;
    by_use_.splice(by_use_.end(), by_use_, by_use_.iterator_to(resident));
  }

  /// It is told to rest: from now on it is passed over by `least_used` and `idle`.
  void rest(Resident& resident) {
    resident.resting = true;
    by_use_.erase(by_use_.iterator_to(resident));
  }

  /// Its actor is gone. What was held back for it is the answer.
  std::vector<Held> remove(Resident& resident) {
    if (!resident.resting) by_use_.erase(by_use_.iterator_to(resident));
    auto held = std::move(resident.held);
    by_id_.erase(by_id_.find(resident.id));
    return held;
  }

  /// The one whose last use is longest ago; null where none is awake.
  Resident* least_used() { return by_use_.empty() ? nullptr : &by_use_.front(); }

  /// One that wasn't used for this many ticks; null where there is none.
  Resident* idle(std::uint64_t ticks) {
    auto* oldest = least_used();
    return oldest && oldest->used_tick + ticks <= tick_ ? oldest : nullptr;
  }

  void tick() { ++tick_; }
  std::size_t size() const { return by_id_.size(); }
  /// Not on their way to rest.
  std::size_t awake() const { return by_use_.size(); }

  /// Visits all, in no order: only for the end.
  template <class Visitor>
  void visit(const Visitor& visitor) {
    for (auto& [id, resident] : by_id_) visitor(resident);
  }

 private:
  std::unordered_map<std::string, Resident> by_id_;
  boost::intrusive::list<Resident> by_use_;
  std::uint64_t tick_ = 0;
};

}  // namespace orrery
