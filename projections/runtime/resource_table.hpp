#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>

#include "projections/runtime/prepared_answer.hpp"
#include "projections/runtime/project_lists.hpp"
#include "projections/runtime/string_pool.hpp"
#include "projections/runtime/writer_first_mutex.hpp"

namespace orrery {

/// What the table itself keeps of each resource. An entry derives from it and adds:
///   `Details`, `std::string_view id() const` (fixed, into memory that doesn't move),
///   `bool shown() const` (found by id and listed), `Details details() const`.
struct Resource {
  /// Position of the event that created it.
  Position place = 0;
  const PooledString* project = nullptr;
  /// Version of its stream.
  Version version = 0;

  /// Of the table: the answer's bytes, and whether the entry stands in its shard's eviction queue.
  mutable std::shared_ptr<const std::string> prepared;
  mutable bool in_eviction_queue = false;
};

/// Resources by id and by project, with a prepared answer each. One thread writes; any thread
/// reads, under the lock of one of many shards and never for long. Entries are never taken out, so
/// their addresses are good for ever.
template <class Entry>
class ResourceTable {
 public:
  using Details = typename Entry::Details;
  using Render = std::function<std::string(const Details&)>;

  /// Resources that one call of `list` looks at, at most.
  static constexpr std::size_t scan_count_max = 65'536;

  explicit ResourceTable(std::size_t prepared_bytes_max)
      : shard_prepared_bytes_max_(prepared_bytes_max / shard_count) {}

  // The writer's side.

  /// `entry.place` must be beyond every place before. Lists it where it is shown.
  Entry& add(Entry entry) {
    Entry& added = entries_.emplace_back(std::move(entry));
    const Key key(added.id());
    Shard& shard = shard_of(key);
    {
      const std::unique_lock lock(shard.mutex);
      shard.by_id.emplace(key, &added);
    }
    if (added.shown()) lists_.add(added.project, added.place, &added);
    return added;
  }

  /// Null where there is none. Reading what the entry holds needs no lock on the writer's thread.
  Entry* entry(std::string_view id) {
    const Key key(id);
    const auto& by_id = shard_of(key).by_id;
    const auto found = by_id.find(key);
    return found == by_id.end() ? nullptr : found->second;
  }

  /// Runs `change(entry)` under the shard's lock, sets the version and drops the prepared answer.
  template <class Change>
  void change(Entry& entry, Version version, Change&& change) {
    std::shared_ptr<const std::string> dropped;  // Freed after the lock.
    Shard& shard = shard_of(Key(entry.id()));
    const std::unique_lock lock(shard.mutex);
    std::forward<Change>(change)(entry);
    entry.version = version;
    if (entry.prepared) shard.prepared_bytes -= entry.prepared->size();
    dropped.swap(entry.prepared);
  }

  void unlist(const Entry& entry) { lists_.remove(entry.project, entry.place); }

  /// In the order of creation.
  const std::deque<Entry>& entries() const { return entries_; }

  // The readers' side.

  PreparedAnswer prepared(std::string_view project, std::string_view id,
                          const Render& render) const {
    return prepared(project, id, render, [](const Entry&) { return true; });
  }

  /// Empty too where the entry doesn't pass. `passes(entry)` runs under the shard's lock.
  template <class Passes>
  PreparedAnswer prepared(std::string_view project, std::string_view id, const Render& render,
                          const Passes& passes) const {
    const Key key(id);
    const Shard& shard = shard_of(key);
    std::shared_lock lock(shard.mutex);
    const Entry* entry = shown(shard, key, project);
    if (!entry || !passes(*entry)) return {};
    if (entry->prepared) return {entry->prepared, entry->version};
    return prepare(shard, std::move(lock), *entry, render);
  }

  /// Drops every prepared answer, for instance because what was rendered from may not be shown any
  /// more. An answer that is being rendered meanwhile isn't kept.
  void forget_prepared() const {
    rendering_.fetch_add(1);
    for (const Shard& shard : shards_) {
      std::deque<std::shared_ptr<const std::string>> dropped;  // Freed after the lock.
      const std::unique_lock lock(shard.mutex);
      for (const Entry* entry : shard.eviction_queue) {
        dropped.push_back(std::move(entry->prepared));
        entry->prepared.reset();
        entry->in_eviction_queue = false;
      }
      shard.eviction_queue.clear();
      shard.prepared_bytes = 0;
    }
  }

  /// Shown or not, of any project.
  std::optional<Details> details(std::string_view id) const {
    const Key key(id);
    const Shard& shard = shard_of(key);
    const std::shared_lock lock(shard.mutex);
    const auto found = shard.by_id.find(key);
    if (found == shard.by_id.end()) return std::nullopt;
    return found->second->details();
  }

  std::optional<Details> details(std::string_view project, std::string_view id) const {
    const Key key(id);
    const Shard& shard = shard_of(key);
    const std::shared_lock lock(shard.mutex);
    const Entry* entry = shown(shard, key, project);
    return entry ? std::optional(entry->details()) : std::nullopt;
  }

  /// `passes(entry)` runs under the shard's lock.
  template <class Passes>
  Page<PreparedAnswer> list(std::string_view project, const PageRequest& request,
                            const Passes& passes, const Render& render) const {
    return list_of<PreparedAnswer>(project, request, [&](auto& page, const auto& slots) {
      return take(page, slots, request.limit, passes, render);
    });
  }

  /// The same without prepared answers.
  template <class Passes>
  Page<Details> list_details(std::string_view project, const PageRequest& request,
                             const Passes& passes) const {
    const auto details = [](const Shard&, auto, const Entry& entry) { return entry.details(); };
    return list_of<Details>(project, request, [&](auto& page, const auto& slots) {
      return take_items(page, slots, request.limit, passes, details);
    });
  }

  /// Adds those of `slots` that are shown and pass, up to `limit`. False once the page is full and
  /// one more was found.
  template <class Slots, class Passes>
  bool take(Page<PreparedAnswer>& page, const Slots& slots, std::size_t limit, const Passes& passes,
            const Render& render) const {
    const auto answer = [&](const Shard& shard, auto lock, const Entry& entry) -> PreparedAnswer {
      if (entry.prepared) return {entry.prepared, entry.version};
      return prepare(shard, std::move(lock), entry, render);
    };
    return take_items(page, slots, limit, passes, answer);
  }

 private:
  static constexpr std::size_t shard_count = 64;
  static constexpr std::size_t chunk_size = 256;

  /// An id with its hash, so that choosing the shard and looking it up hash once.
  struct Key {
    explicit Key(std::string_view text) : id(text), hash(std::hash<std::string_view>{}(text)) {}
    std::string_view id;
    std::size_t hash;
    bool operator==(const Key& other) const { return id == other.id; }
  };
  struct KeyHash {
    using is_avalanching = void;
    std::size_t operator()(const Key& key) const { return key.hash; }
  };

  struct alignas(64) Shard {
    mutable WriterFirstMutex mutex;
    boost::unordered_flat_map<Key, Entry*, KeyHash> by_id;
    /// Entries that have, or had, a prepared answer, in the order in which they first got it.
    mutable std::deque<const Entry*> eviction_queue;
    mutable std::size_t prepared_bytes = 0;
  };

  Shard& shard_of(const Key& key) { return shards_[key.hash >> 24 & (shard_count - 1)]; }
  const Shard& shard_of(const Key& key) const {
    return shards_[key.hash >> 24 & (shard_count - 1)];
  }

  /// `take(page, slots)` adds some of them to the page; false once it is full.
  template <class Item, class Take>
  Page<Item> list_of(std::string_view project, const PageRequest& request, const Take& take) const {
    Page<Item> page;
    Position after = request.after;
    for (std::size_t scanned = 0; scanned < scan_count_max;) {
      const auto slots = lists_.next(project, after, request.direction, chunk_size);
      if (slots.empty() || !take(page, slots)) return page;
      after = slots.back().place;
      scanned += slots.size();
    }
    page.more = true;
    page.next = after;
    return page;
  }

  /// `item(shard, lock, entry)` makes an item of the page; the lock is its own.
  template <class Item, class Slots, class Passes, class MakeItem>
  bool take_items(Page<Item>& page, const Slots& slots, std::size_t limit, const Passes& passes,
                  const MakeItem& item) const {
    for (const auto& slot : slots) {
      const Shard& shard = shard_of(Key(slot.entry->id()));
      std::shared_lock lock(shard.mutex);
      if (!slot.entry->shown() || !passes(*slot.entry)) continue;
      if (page.items.size() >= limit) {
        page.more = true;
        page.next = page.items.empty() ? 0 : page.items.back().place;
        return false;
      }
      page.items.push_back({slot.place, item(shard, std::move(lock), *slot.entry)});
    }
    return true;
  }

  static const Entry* shown(const Shard& shard, const Key& key, std::string_view project) {
    const auto found = shard.by_id.find(key);
    if (found == shard.by_id.end()) return nullptr;
    const Entry* entry = found->second;
    return entry->shown() && entry->project->text == project ? entry : nullptr;
  }

  /// Renders without a lock. The bytes are kept only where the entry hasn't changed meanwhile.
  PreparedAnswer prepare(const Shard& shard, std::shared_lock<WriterFirstMutex> lock,
                         const Entry& entry, const Render& render) const {
    const Details details = entry.details();
    const Version version = entry.version;
    const auto rendering = rendering_.load();
    lock.unlock();
    auto body = std::make_shared<const std::string>(render(details));
    keep(shard, entry, version, rendering, body);
    return {std::move(body), version};
  }

  void keep(const Shard& shard, const Entry& entry, Version version, std::uint64_t rendering,
            const std::shared_ptr<const std::string>& body) const {
    const std::unique_lock lock(shard.mutex);
    if (entry.version != version || rendering_.load() != rendering || entry.prepared) return;
    entry.prepared = body;
    shard.prepared_bytes += body->size();
    if (!std::exchange(entry.in_eviction_queue, true)) shard.eviction_queue.push_back(&entry);
    while (shard.prepared_bytes > shard_prepared_bytes_max_ && !shard.eviction_queue.empty()) {
      const Entry* evicted = shard.eviction_queue.front();
      shard.eviction_queue.pop_front();
      evicted->in_eviction_queue = false;
      if (evicted->prepared) shard.prepared_bytes -= evicted->prepared->size();
      evicted->prepared.reset();
    }
  }

  std::size_t shard_prepared_bytes_max_;
  /// Counted up by `forget_prepared`.
  mutable std::atomic<std::uint64_t> rendering_{0};
  std::array<Shard, shard_count> shards_;
  ProjectLists<Entry> lists_;
  std::deque<Entry> entries_;
};

}  // namespace orrery
