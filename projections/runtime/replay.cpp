#include "projections/runtime/replay.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "storage/checked_record.hpp"

namespace orrery {
namespace {

/// Large enough that handing one over costs nothing beside folding it, small enough for the cache.
constexpr std::size_t chunk_size = 512;
/// Chunks between the two threads; the faster one waits.
constexpr std::size_t chunk_count_max = 8;

using Chunk = std::vector<RecordedEvent>;

/// The thread that folds. Chunks come back to the decoder, which reuses their memory.
class Folder {
 public:
  explicit Folder(const FoldEvents& fold) : fold_(fold), thread_([this] { run(); }) {}

  /// Folds what was given before.
  ~Folder() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  /// Hands `chunk` over and returns an empty one. False in `goes_on` once `fold` has stopped.
  Chunk exchange(Chunk chunk, bool& goes_on) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return full_.size() < chunk_count_max; });
    full_.push_back(std::move(chunk));
    changed_.notify_all();
    goes_on = !stopped_;
    if (empty_.empty()) return {};
    Chunk reused = std::move(empty_.back());
    empty_.pop_back();
    return reused;
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [&] { return ended_ || !full_.empty(); });
      if (full_.empty()) return;
      Chunk chunk = std::move(full_.front());
      full_.pop_front();
      const bool skip = stopped_;
      lock.unlock();
      changed_.notify_all();
      const bool goes_on = !skip && fold_(chunk);
      lock.lock();
      stopped_ = !goes_on;
      empty_.push_back(std::move(chunk));
    }
  }

  const FoldEvents& fold_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Chunk> full_;
  std::vector<Chunk> empty_;
  bool ended_ = false;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace

boost::system::result<void, LogDamage> replay(const EventLog& log, Position from, Position to,
                                              const FoldEvents& fold, const InspectEvent& inspect) {
  if (from > to) return {};
  std::optional<Folder> folder;
  std::optional<LogDamage> damage;
  Chunk chunk;
  std::size_t count = 0;  // Of `chunk`; its further elements are reused.
  bool goes_on = true;
  const auto result = log.read(from, to, [&](const StoredEvent& stored) {
    if (count == chunk.size()) chunk.emplace_back();
    if (inspect) damage = inspect(stored);
    if (!damage) damage = record_checked(stored, chunk[count]);
    if (damage) return false;
    if (++count < chunk_size) return true;
    if (!folder) folder.emplace(fold);
    chunk = folder->exchange(std::move(chunk), goes_on);
    count = 0;
    return goes_on;
  });
  if (damage) return *std::move(damage);
  if (!result) return result;
  chunk.resize(count);
  if (!chunk.empty() && folder)
    folder->exchange(std::move(chunk), goes_on);
  else if (!chunk.empty())
    fold(chunk);
  return {};
}

}  // namespace orrery
