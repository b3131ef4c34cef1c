#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "events/envelope.hpp"

namespace orrery {

/// The bytes of an answer about one resource, rendered once and kept until the resource changes.
struct PreparedAnswer {
  /// Null where there is nothing to show: unknown, deleted, or somebody else's.
  std::shared_ptr<const std::string> body;
  /// Version of the resource's stream that the bytes show: its ETag.
  Version version = 0;

  explicit operator bool() const { return body != nullptr; }
};

enum class Direction : std::uint8_t { oldest_first, newest_first };

/// A part of a list. The place of an item is the position of the event that created it; it stays
/// good as a cursor when that item, or any other, is gone.
struct PageRequest {
  /// Only what lies beyond this place in `direction`; 0 for the beginning.
  Position after = 0;
  /// Items at most. The caller has capped it already.
  std::size_t limit = 50;
  Direction direction = Direction::oldest_first;
};

template <class Item>
struct Page {
  struct Placed {
    Position place = 0;
    Item item;
  };
  /// At most `limit`. Maybe fewer although more follow: one request looks at a bounded number of
  /// resources, however few of them pass its filter.
  std::vector<Placed> items;
  /// Whether it is worth asking on with `after` = `next`.
  bool more = false;
  Position next = 0;
};

}  // namespace orrery
