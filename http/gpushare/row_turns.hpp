#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "http/gpushare/route_table.hpp"

namespace orrery::gpushare {

/// Lets those who edit one row do it one after the other. An edit of some fields takes the others
/// as it finds them; two at once would each undo what the other was told has happened. Any thread.
class RowTurns : public std::enable_shared_from_this<RowTurns> {
 public:
  /// Whoever holds it has the row to himself; with its last copy the next one's turn comes, on the
  /// thread that let go of it.
  using Turn = std::shared_ptr<const std::string>;
  using Edit = std::function<void(const Turn&)>;

  /// Waiting for one row.
  static constexpr std::size_t waiting_count_max = 64;

  /// Calls `edit` now, or when those who came earlier are through. `row` is any name for it, such
  /// as "gpu/7". False, and `edit` is never called, where too many wait already.
  bool take(const std::string& row, Edit edit);

 private:
  void run(const std::string& row, const Edit& edit);
  void next(const std::string& row);

  std::mutex mutex_;
  /// Rows that somebody edits, with those who wait for them.
  std::unordered_map<std::string, std::deque<Edit>> waiting_;
};

/// Edits the row that the path names; whoever keeps the turn until he has answered lets the next
/// one find what he wrote.
using RowEdit = std::function<void(const Context&, const Request&, const Caller&, const Reply&,
                                   const RowTurns::Turn&)>;

/// Handles the requests for one path one after the other; 503 where too many wait.
Handler in_turn(std::shared_ptr<RowTurns> turns, RowEdit edit);

}  // namespace orrery::gpushare
