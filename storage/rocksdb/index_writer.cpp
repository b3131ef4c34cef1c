#include "storage/rocksdb/index_writer.hpp"

#include <sched.h>

namespace orrery {

IndexWriter::IndexWriter(LogIndex& index, IndexRuns& runs)
    : index_(index), runs_(runs), thread_([this] { run(); }) {}

IndexWriter::~IndexWriter() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

void IndexWriter::start(Position covered) {
  const std::lock_guard lock(mutex_);
  if (busy_) return;
  if (!part_) part_ = index_.freeze(covered);
  busy_ = true;
  changed_.notify_all();
}

bool IndexWriter::is_idle() {
  const std::lock_guard lock(mutex_);
  return !busy_;
}

bool IndexWriter::write_now(Position covered) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !busy_; });
  while (part_ || index_.recent_entries() > 0) {
    if (!part_) part_ = index_.freeze(covered);
    if (!runs_.write(*part_)) return false;
    index_.drop_frozen();
    part_.reset();
  }
  return true;
}

void IndexWriter::run() {
  sched_param parameter{};
  ::sched_setscheduler(0, SCHED_IDLE, &parameter);  // Where it isn't allowed, it is only slower.
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return stopped_ || busy_; });
    if (!busy_) return;
    auto part = part_;
    lock.unlock();
    const bool written = runs_.write(*part);
    if (written) index_.drop_frozen();
    lock.lock();
    if (written) part_.reset();
    busy_ = false;
    changed_.notify_all();
    lock.unlock();
    part.reset();  // Large: freed while nobody waits.
    lock.lock();
  }
}

}  // namespace orrery
