#include "storage/rocksdb/commit_pipeline.hpp"

namespace orrery {

CommitPipeline::CommitPipeline(const Database& database, std::unique_ptr<WatermarkFile> watermark)
    : database_(database),
      watermark_(std::move(watermark)),
      record_thread_([this] { write_records(); }),
      watermark_thread_([this] { write_watermarks(); }) {}

CommitPipeline::~CommitPipeline() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    jobs_changed_.notify_all();
    written_changed_.notify_all();
  }
  record_thread_.join();
  watermark_thread_.join();
}

bool CommitPipeline::write(Position first_position, std::string_view record, const Watermark& end) {
  return write_record(first_position, record) && watermark_->write(end);
}

bool CommitPipeline::vouch(const Watermark& end) {
  return watermark_->current() == end || watermark_->write(end);
}

bool CommitPipeline::write_record(Position first_position, std::string_view record) {
  batch_.Clear();
  auto status = batch_.Put(database_.family(Database::log), log_key(first_position), record);
  rocksdb::WriteOptions synced;
  synced.sync = true;
  if (status.ok()) status = database_.db->Write(synced, &batch_);
  return status.ok();
}

void CommitPipeline::start(Position first_position, std::string& record, const Watermark& end) {
  const std::lock_guard lock(mutex_);
  jobs_.push_back({first_position, std::move(record), end});
  record.clear();
  if (!spare_records_.empty()) {
    record.swap(spare_records_.back());
    spare_records_.pop_back();
  }
  jobs_changed_.notify_one();
}

bool CommitPipeline::wait_for(Position position) {
  std::unique_lock lock(mutex_);
  vouched_changed_.wait(lock, [&] { return vouched_ >= position || position >= failed_from_; });
  return vouched_ >= position;
}

void CommitPipeline::write_records() {
  std::unique_lock lock(mutex_);
  for (;;) {
    jobs_changed_.wait(lock, [&] { return stopped_ || !jobs_.empty(); });
    if (stopped_) return;
    auto job = std::move(jobs_.front());
    jobs_.pop_front();
    if (job.first_position >= failed_from_) continue;
    lock.unlock();
    const bool written = write_record(job.first_position, job.record);
    job.record.clear();
    lock.lock();
    spare_records_.push_back(std::move(job.record));
    if (written) {
      written_ = job.end;
      written_changed_.notify_one();
    } else {
      failed_from_ = job.first_position;
      vouched_changed_.notify_all();
    }
  }
}

void CommitPipeline::write_watermarks() {
  std::unique_lock lock(mutex_);
  for (;;) {
    // What was written before a failure is still vouched for.
    written_changed_.wait(lock, [&] { return stopped_ || written_.position > vouched_; });
    if (stopped_) return;
    const auto watermark = written_;
    lock.unlock();
    const bool vouched = watermark_->write(watermark);
    lock.lock();
    if (vouched)
      vouched_ = watermark.position;
    else
      failed_from_ = vouched_ + 1;
    vouched_changed_.notify_all();
    if (!vouched) return;
  }
}

}  // namespace orrery
