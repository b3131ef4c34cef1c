#include "http/gpushare/row_turns.hpp"

#include <exception>
#include <utility>

namespace orrery::gpushare {

bool RowTurns::take(const std::string& row, Edit edit) {
  {
    const std::lock_guard lock(mutex_);
    const auto [found, is_free] = waiting_.try_emplace(row);
    if (!is_free) {
      if (found->second.size() == waiting_count_max) return false;
      found->second.push_back(std::move(edit));
      return true;
    }
  }
  run(row, edit);
  return true;
}

void RowTurns::run(const std::string& row, const Edit& edit) {
  const Turn turn(new std::string(row), [turns = shared_from_this()](const std::string* mine) {
    const std::unique_ptr<const std::string> held(mine);
    turns->next(*held);
  });
  edit(turn);
}

void RowTurns::next(const std::string& row) {
  Edit edit;
  {
    const std::lock_guard lock(mutex_);
    const auto found = waiting_.find(row);
    if (found->second.empty()) {
      waiting_.erase(found);
      return;
    }
    edit = std::move(found->second.front());
    found->second.pop_front();
  }
  try {
    run(row, edit);
  } catch (const std::exception&) {
    // The edit's own failure: who asked for it is told that nobody answered him, and the turn has
    // gone on to the next one.
  }
}

Handler in_turn(std::shared_ptr<RowTurns> turns, RowEdit edit) {
  return [turns = std::move(turns), edit = std::move(edit)](
             const Context& context, const Request& request, const Caller& caller,
             const Reply& reply) {
    const bool is_taken = turns->take(
        std::string(request.path),
        [=, &request](const RowTurns::Turn& turn) { edit(context, request, caller, reply, turn); });
    if (!is_taken) reply(unavailable());
  };
}

}  // namespace orrery::gpushare
