#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "storage/watermark.hpp"

namespace orrery {

/// Syncs the watermark on a thread of its own, so that the committing thread can write the next
/// group meanwhile. What it is given must be durable already.
class WatermarkWriter {
 public:
  explicit WatermarkWriter(std::unique_ptr<WatermarkFile> file);
  ~WatermarkWriter();
  WatermarkWriter(const WatermarkWriter&) = delete;
  WatermarkWriter& operator=(const WatermarkWriter&) = delete;

  /// Writes it here and now. Only while nothing is under way.
  bool write(const Watermark& watermark) { return file_->write(watermark); }

  /// Has it written soon; a newer one takes the place of one that hasn't been begun.
  void start(const Watermark& watermark);

  /// Waits until `position` is vouched for. False: a write has failed, and none will follow.
  bool wait_for(Position position);

 private:
  void run();

  std::unique_ptr<WatermarkFile> file_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Watermark wanted_;
  Position written_ = 0;
  bool failed_ = false;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace orrery
