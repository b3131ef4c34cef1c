#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "storage/event_log.hpp"

namespace orrery {

class CenterView;
class JobView;
class MailSender;
class SubjectKeys;

namespace aicenter {

/// Sends mails about jobs as soon as the log says that they are due (`JobMailNoted`), to the
/// address that the job names. Hang it to the log actor after the views. It works on a thread of
/// its own, for an address is read from the log and opened with its person's key. A mail that a
/// kill keeps from being sent is lost, so none is sent twice.
class JobMailer final : public CommitListener {
 public:
  struct Parts {
    const EventLog* log = nullptr;
    const JobView* jobs = nullptr;
    /// For whoever names no address: his own; may be null.
    const CenterView* center = nullptr;
    const SubjectKeys* subject_keys = nullptr;
    /// Null: no mail is sent; the log keeps that they were due.
    MailSender* mail = nullptr;
    /// In the mails' texts.
    std::string cluster;
  };
  /// Mails whose texts aren't written yet; beyond that the oldest are lost.
  static constexpr std::size_t waiting_max = 10'000;

  explicit JobMailer(Parts parts);
  /// What waits is lost.
  ~JobMailer() override;

  void on_commit(const CommittedBatch& batch) override;

 private:
  /// A mail that is due.
  struct Due {
    std::uint32_t job_id = 0;
    std::uint16_t type = 0;
    /// Its stream's version with the event.
    Version version = 0;
    Time at{};
  };
  void run(const std::stop_token& stopping);
  void send(const Due& due) const;
  /// Empty where nobody can tell.
  std::string address_of(const Due& due, std::string_view user) const;

  Parts parts_;
  std::mutex mutex_;
  std::condition_variable_any woken_;
  std::deque<Due> due_;
  /// The last, so that it ends before what it uses goes.
  std::jthread thread_;
};

}  // namespace aicenter
}  // namespace orrery
