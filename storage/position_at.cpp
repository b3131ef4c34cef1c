#include "storage/position_at.hpp"

namespace orrery {

boost::system::result<Time, LogDamage> time_at(const EventLog& log, Position position) {
  Time time{};
  const auto read = log.read(position, position, [&](const StoredEvent& stored) {
    time = stored.time;
    return false;
  });
  if (!read) return read.error();
  return {boost::system::in_place_value, time};
}

boost::system::result<Position, LogDamage> position_at(const EventLog& log, Time time) {
  Position before = 0;  // Not after `time`.
  Position after = log.head() + 1;
  while (after - before > 1) {
    const auto middle = before + (after - before) / 2;
    const auto found = time_at(log, middle);
    if (!found) return found.error();
    (*found <= time ? before : after) = middle;
  }
  return {boost::system::in_place_value, before};
}

}  // namespace orrery
