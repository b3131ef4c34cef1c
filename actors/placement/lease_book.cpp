#include "actors/placement/lease_book.hpp"

namespace orrery {

std::uint32_t LeaseBook::at(std::string_view id) {
  const auto known = find(id);
  if (known != Fleet::none) return known;
  auto number = number_count();
  if (unused_.empty()) {
    leases_.emplace_back();
  } else {
    number = unused_.back();
    unused_.pop_back();
  }
  const auto entry = index_.emplace(id, number).first;
  leases_[number].id = &entry->first;
  leases_[number].phase = PlacedLease::Phase::ended;
  return number;
}

std::uint32_t LeaseBook::find(std::string_view id) const {
  const auto found = index_.find(id);
  return found == index_.end() ? Fleet::none : found->second;
}

void LeaseBook::forget(std::uint32_t number) {
  index_.erase(index_.find(*leases_[number].id));
  leases_[number] = {};
  unused_.push_back(number);
}

}  // namespace orrery
