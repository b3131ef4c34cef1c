#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>

#include "events/archive.hpp"
#include "projections/runtime/prepared_answer.hpp"
#include "projections/runtime/string_map.hpp"
#include "projections/runtime/writer_first_mutex.hpp"

namespace orrery {

/// Resources of which a project has few: kept as they are shown, under one lock. What comes by the
/// hundred thousand has a `ResourceTable`. `Details` is described, and has `std::string id` (never
/// changed) and `bool deleted`; deleted ones stay, but are found by `find_with_deleted` alone.
///
/// One thread writes; any thread reads.
template <class Details>
class DetailsTable {
 public:
  using Filter = std::function<bool(const Details&)>;

  /// Resources that one call of `list` looks at, at most.
  static constexpr std::size_t scan_count_max = 65'536;

  // The writer's side.

  /// `place` must be beyond every place before. An id that is there already is passed over.
  void add(Position place, std::string project_id, Details details) {
    const std::unique_lock lock(mutex_);
    if (by_id_.contains(details.id)) return;
    auto& entry = entries_.emplace_back(Entry{place, std::move(project_id), std::move(details)});
    by_id_.emplace(entry.details.id, &entry);
    list_or_unlist(entry);
  }

  /// Runs `change(details)` under the lock; false where there is no such resource.
  template <class Change>
  bool change(std::string_view id, Change&& change) {
    const std::unique_lock lock(mutex_);
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) return false;
    std::forward<Change>(change)(found->second->details);
    list_or_unlist(*found->second);
    return true;
  }

  // The readers' side.

  std::optional<Details> find(std::string_view project_id, std::string_view id) const {
    const std::shared_lock lock(mutex_);
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) return std::nullopt;
    const auto& [place, project, details] = *found->second;
    return !details.deleted && project == project_id ? std::optional(details) : std::nullopt;
  }

  std::optional<Details> find_with_deleted(std::string_view id) const {
    const std::shared_lock lock(mutex_);
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? std::nullopt : std::optional(found->second->details);
  }

  /// `filter` runs under the lock, for some resources at a time.
  Page<Details> list(std::string_view project_id, const PageRequest& request,
                     const Filter& filter) const {
    Page<Details> page;
    page.next = request.after;
    page.more = true;
    for (std::size_t scanned = 0; scanned < scan_count_max; scanned += chunk_size)
      if (!take_chunk(page, project_id, request, filter)) break;
    return page;
  }

  /// All, in the order of their places. On the writer's thread.
  template <class Visitor>
  void visit(const Visitor& visitor) const {
    for (const auto& entry : entries_) visitor(entry.details);
  }

  void save(ByteWriter& writer) const {
    writer(static_cast<std::uint64_t>(entries_.size()));
    for (const auto& entry : entries_) writer(entry.place, entry.project_id, entry.details);
  }

  /// The table must be empty.
  void load(ByteReader& reader) {
    std::uint64_t count = 0;
    reader(count);
    for (std::uint64_t i = 0; i < count; ++i) {
      Entry entry;
      reader(entry.place, entry.project_id, entry.details);
      add(entry.place, std::move(entry.project_id), std::move(entry.details));
    }
  }

 private:
  static constexpr std::size_t chunk_size = 256;

  struct Entry {
    Position place = 0;
    std::string project_id;
    Details details;
  };
  using List = std::map<Position, const Entry*>;

  void list_or_unlist(const Entry& entry) {
    auto& list = lists_[entry.project_id];
    if (entry.details.deleted)
      list.erase(entry.place);
    else
      list.emplace(entry.place, &entry);
  }

  /// The entry after `place` in the direction, or the first one; null at the end.
  static const Entry* next(const List& list, Position place, Direction direction) {
    if (direction == Direction::oldest_first) {
      const auto found = list.upper_bound(place);
      return found == list.end() ? nullptr : found->second;
    }
    auto found = place == 0 ? list.end() : list.lower_bound(place);
    return found == list.begin() ? nullptr : (--found)->second;
  }

  /// False once the page is full and one more was found, or at the end of the list, where `more`
  /// becomes false.
  bool take_chunk(Page<Details>& page, std::string_view project_id, const PageRequest& request,
                  const Filter& filter) const {
    const std::shared_lock lock(mutex_);
    const auto list = lists_.find(project_id);
    for (std::size_t i = 0; i < chunk_size; ++i) {
      const auto* entry =
          list == lists_.end() ? nullptr : next(list->second, page.next, request.direction);
      if (!entry) {
        page.more = false;
        page.next = 0;
        return false;
      }
      const bool passes = !filter || filter(entry->details);
      if (passes && page.items.size() == request.limit) return false;
      page.next = entry->place;
      if (passes) page.items.push_back({entry->place, entry->details});
    }
    return true;
  }

  mutable WriterFirstMutex mutex_;
  std::deque<Entry> entries_;
  StringMap<Entry*> by_id_;
  std::map<std::string, List, std::less<>> lists_;
};

}  // namespace orrery
