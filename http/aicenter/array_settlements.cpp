#include "http/aicenter/array_settlements.hpp"

#include <exception>
#include <utility>
#include <vector>

namespace orrery::aicenter {

namespace {

/// A failure of who waits must not end the log actor, which serves everybody.
void tell(const std::vector<ArraySettlements::Settled>& waiting) {
  for (const auto& done : waiting) {
    try {
      done();
    } catch (const std::exception&) {
      // His request gets no answer, as where the server stops.
    }
  }
}

}  // namespace

void ArraySettlements::await(std::uint32_t first_id, std::uint32_t count, Time until,
                             Settled done) {
  const std::lock_guard lock(mutex_);
  waiting_.insert_or_assign(first_id, Waiting{count, 0, until, std::move(done)});
}

void ArraySettlements::forget(std::uint32_t first_id) {
  const std::lock_guard lock(mutex_);
  waiting_.erase(first_id);
}

void ArraySettlements::on_time(Time now) {
  std::vector<Settled> over;
  {
    const std::lock_guard lock(mutex_);
    for (auto entry = waiting_.begin(); entry != waiting_.end();) {
      if (entry->second.until > now) {
        ++entry;
        continue;
      }
      over.push_back(std::move(entry->second.done));
      entry = waiting_.erase(entry);
    }
  }
  tell(over);
}

void ArraySettlements::on_commit(const CommittedBatch& batch) {
  std::vector<Settled> settled;
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty()) return;
    for (const auto& recorded : *batch) {
      const auto* submitted = std::get_if<JobSubmitted>(&recorded.event);
      if (!submitted || !submitted->task) continue;
      const auto found = waiting_.find(submitted->task->array_id);
      if (found == waiting_.end() || ++found->second.made < found->second.count) continue;
      settled.push_back(std::move(found->second.done));
      waiting_.erase(found);
    }
  }
  tell(settled);
}

}  // namespace orrery::aicenter
