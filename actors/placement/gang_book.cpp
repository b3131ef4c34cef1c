#include "actors/placement/gang_book.hpp"

namespace orrery {

std::uint32_t GangBook::at(const LeaseGang& gang) {
  if (const auto found = index_.find(gang.id); found != index_.end()) return found->second;
  auto number = number_count();
  if (unused_.empty()) {
    gangs_.emplace_back();
  } else {
    number = unused_.back();
    unused_.pop_back();
  }
  gangs_[number].id = gang.id;
  gangs_[number].size = gang.size;
  index_.emplace(gang.id, number);
  return number;
}

void GangBook::forget(std::uint32_t number) {
  index_.erase(index_.find(gangs_[number].id));
  gangs_[number] = {};
  unused_.push_back(number);
}

}  // namespace orrery
