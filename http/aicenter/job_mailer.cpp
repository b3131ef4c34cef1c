#include "http/aicenter/job_mailer.hpp"

#include <charconv>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "events/stream_name.hpp"
#include "http/aicenter/job_mail_text.hpp"
#include "http/mail/mail_sender.hpp"
#include "projections/center/center_view.hpp"
#include "projections/jobs/job_view.hpp"
#include "storage/subject_keys.hpp"

namespace orrery::aicenter {

JobMailer::JobMailer(Parts parts)
    : parts_(std::move(parts)),
      thread_([this](const std::stop_token& stopping) { run(stopping); }) {}

JobMailer::~JobMailer() = default;

void JobMailer::on_commit(const CommittedBatch& batch) {
  if (!parts_.mail) return;
  bool is_new = false;
  for (const auto& recorded : *batch) {
    const auto* noted = std::get_if<JobMailNoted>(&recorded.event);
    if (!noted) continue;
    const auto id = stream_id(recorded.stream);
    Due due{0, noted->type, recorded.version, recorded.time};
    std::from_chars(id.data(), id.data() + id.size(), due.job_id);
    const std::lock_guard lock(mutex_);
    if (due_.size() >= waiting_max) due_.pop_front();
    due_.push_back(due);
    is_new = true;
  }
  if (is_new) woken_.notify_one();
}

void JobMailer::run(const std::stop_token& stopping) {
  std::unique_lock lock(mutex_);
  for (;;) {
    woken_.wait(lock, stopping, [this] { return !due_.empty(); });
    if (stopping.stop_requested()) return;
    const auto due = due_.front();
    due_.pop_front();
    lock.unlock();
    send(due);
    lock.lock();
  }
}

void JobMailer::send(const Due& due) const {
  const auto job = parts_.jobs->find(due.job_id);
  if (!job) return;
  auto address = address_of(due, job->facts->user);
  if (address.empty()) return;
  parts_.mail->send(
      {std::move(address), job_mail_subject(*job, due.type), job_mail_text(*job, parts_.cluster)});
}

std::string JobMailer::address_of(const Due& due, std::string_view user) const {
  Sealed address;
  const auto visit = [&](const StoredEvent& stored) {
    if (stored.version >= due.version) return false;
    const auto recorded = record(stored);
    if (const auto* submitted = std::get_if<JobSubmitted>(&recorded.event))
      address = submitted->specification.mail.address;
    if (const auto* changed = std::get_if<JobChanged>(&recorded.event))
      if (changed->change.mail) address = changed->change.mail->address;
    return true;
  };
  const auto read = parts_.log->read_stream(fmt::format("job/{}", due.job_id), 1, visit);
  if (!read) return {};
  if (address.subject.empty() && parts_.center)
    if (const auto person = parts_.center->user(user)) address = person->person.email;
  if (address.subject.empty()) return {};
  return parts_.subject_keys->open(address).value_or("");
}

}  // namespace orrery::aicenter
