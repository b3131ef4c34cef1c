#include "storage/rocksdb/watermark_writer.hpp"

namespace orrery {

WatermarkWriter::WatermarkWriter(std::unique_ptr<WatermarkFile> file)
    : file_(std::move(file)), thread_([this] { run(); }) {}

WatermarkWriter::~WatermarkWriter() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

void WatermarkWriter::start(const Watermark& watermark) {
  const std::lock_guard lock(mutex_);
  wanted_ = watermark;
  changed_.notify_all();
}

bool WatermarkWriter::wait_for(Position position) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return failed_ || written_ >= position; });
  return written_ >= position;
}

void WatermarkWriter::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return stopped_ || wanted_.position > written_; });
    if (stopped_ || failed_) return;
    const auto watermark = wanted_;
    lock.unlock();
    const bool written = file_->write(watermark);
    lock.lock();
    if (written)
      written_ = watermark.position;
    else
      failed_ = true;
    changed_.notify_all();
    if (failed_) return;
  }
}

}  // namespace orrery
