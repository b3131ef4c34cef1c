#include "projections/operations/operation_view.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <shared_mutex>
#include <utility>

#include "events/stream_name.hpp"
#include "projections/operations/operation_entry.hpp"
#include "projections/runtime/string_map.hpp"

namespace orrery {

struct OperationView::State {
  explicit State(std::size_t prepared_bytes_max) : operations(prepared_bytes_max) {}

  void fold(const OperationStarted& started, const RecordedEvent& recorded);
  void fold(const OperationSucceeded&, const RecordedEvent& recorded);
  void fold(const OperationFailed& failed, const RecordedEvent& recorded);
  template <class Other>
  void fold(const Other&, const RecordedEvent&) {}

  void add(OperationEntry entry);
  void end(const RecordedEvent& recorded, OperationState ended, PackedStrings<2> failure);
  std::atomic<std::size_t>& count(OperationState state) {
    return counts[static_cast<std::size_t>(state)];
  }
  std::vector<ProjectLists<OperationEntry>::Slot> slots_of_target(std::string_view project,
                                                                  std::string_view target,
                                                                  const PageRequest& request) const;

  StringPool pool;
  ResourceTable<OperationEntry> operations;
  std::array<std::atomic<std::size_t>, 3> counts{};

  /// The newest operation of each target; the older ones hang on it.
  mutable WriterFirstMutex newest_mutex;
  StringMap<const OperationEntry*> newest_of_target;
};

OperationView::OperationView(std::size_t prepared_bytes_max)
    : state_(std::make_unique<State>(prepared_bytes_max)),
      prepared_bytes_max_(prepared_bytes_max) {}
OperationView::~OperationView() = default;

PreparedAnswer OperationView::prepared(std::string_view project_id, std::string_view operation_id,
                                       const Render& render) const {
  return state_->operations.prepared(project_id, operation_id, render);
}

PreparedAnswer OperationView::prepared(std::string_view project_id, std::string_view operation_id,
                                       OperationCollection collection, const Render& render) const {
  const auto passes = [collection](const OperationEntry& entry) {
    return collection_of(entry.kind) == collection;
  };
  return state_->operations.prepared(project_id, operation_id, render, passes);
}

Page<PreparedAnswer> OperationView::list(std::string_view project_id, const PageRequest& request,
                                         const OperationFilter& filter,
                                         const Render& render) const {
  const auto passes = [&](const OperationEntry& entry) {
    return (!filter.collection || collection_of(entry.kind) == *filter.collection) &&
           (!filter.state || entry.state == *filter.state) &&
           (!filter.started_from || entry.started_at >= *filter.started_from);
  };
  if (!filter.target_id) return state_->operations.list(project_id, request, passes, render);
  Page<PreparedAnswer> page;
  const auto slots = state_->slots_of_target(project_id, *filter.target_id, request);
  state_->operations.take(page, slots, request.limit, passes, render);
  return page;
}

void OperationView::forget_prepared() const { state_->operations.forget_prepared(); }

std::optional<OperationDetails> OperationView::find(std::string_view project_id,
                                                    std::string_view operation_id) const {
  return state_->operations.details(project_id, operation_id);
}

std::size_t OperationView::count(OperationState state) const {
  return state_->count(state).load(std::memory_order_relaxed);
}

void OperationView::apply(const RecordedEvent& recorded) {
  std::visit([&](const auto& event) { state_->fold(event, recorded); }, recorded.event);
}

void OperationView::State::add(OperationEntry entry) {
  count(entry.state).fetch_add(1, std::memory_order_relaxed);
  OperationEntry* added = &operations.add(std::move(entry));
  const std::unique_lock lock(newest_mutex);
  added->previous_of_target = std::exchange(newest_of_target[added->target()], added);
}

void OperationView::State::fold(const OperationStarted& started, const RecordedEvent& recorded) {
  OperationEntry entry;
  entry.place = recorded.position;
  entry.version = recorded.version;
  entry.started_at = recorded.time;
  entry.describe(stream_id(recorded.stream), started, pool);
  add(std::move(entry));
}

void OperationView::State::fold(const OperationSucceeded&, const RecordedEvent& recorded) {
  end(recorded, OperationState::succeeded, {});
}

void OperationView::State::fold(const OperationFailed& failed, const RecordedEvent& recorded) {
  end(recorded, OperationState::failed, PackedStrings<2>({failed.code, failed.message}));
}

void OperationView::State::end(const RecordedEvent& recorded, OperationState ended,
                               PackedStrings<2> failure) {
  OperationEntry* operation = operations.entry(stream_id(recorded.stream));
  if (!operation) return;
  const OperationState before = operation->state;
  operations.change(*operation, recorded.version, [&](OperationEntry& entry) {
    entry.state = ended;
    entry.failure = std::move(failure);
    entry.completed_at = recorded.time;
  });
  count(before).fetch_sub(1, std::memory_order_relaxed);
  count(ended).fetch_add(1, std::memory_order_relaxed);
}

std::vector<ProjectLists<OperationEntry>::Slot> OperationView::State::slots_of_target(
    std::string_view project, std::string_view target, const PageRequest& request) const {
  const OperationEntry* newest = nullptr;
  {
    const std::shared_lock lock(newest_mutex);
    const auto found = newest_of_target.find(target);
    if (found != newest_of_target.end()) newest = found->second;
  }
  const bool oldest_first = request.direction == Direction::oldest_first;
  std::vector<ProjectLists<OperationEntry>::Slot> slots;
  for (auto* entry = newest; entry; entry = entry->previous_of_target) {
    const bool beyond = request.after == 0 || (oldest_first ? entry->place > request.after
                                                            : entry->place < request.after);
    if (beyond && entry->project->text == project) slots.push_back({entry->place, entry});
  }
  if (oldest_first) std::ranges::reverse(slots);
  return slots;
}

void OperationView::save(std::string& out) const {
  ByteWriter writer(out);
  state_->pool.save(writer);
  writer(static_cast<std::uint64_t>(state_->operations.entries().size()));
  for (const auto& operation : state_->operations.entries()) operation.save(writer);
}

void OperationView::load(std::string_view bytes) {
  state_ = std::make_unique<State>(prepared_bytes_max_);
  auto loaded = std::make_unique<State>(prepared_bytes_max_);
  ByteReader reader(bytes);
  loaded->pool.load(reader);
  std::uint64_t count = 0;
  reader(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    OperationEntry entry;
    entry.load(reader, loaded->pool);
    loaded->add(std::move(entry));
  }
  if (!reader.exhausted()) throw MalformedBytes("bytes after the end");
  state_ = std::move(loaded);
}

}  // namespace orrery
