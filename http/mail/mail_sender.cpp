#include "http/mail/mail_sender.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <list>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string_view>
#include <thread>
#include <utility>

#include "http/mail/mail_text.hpp"
#include "http/mail/smtp_attempt.hpp"

namespace orrery {

class MailSender::Impl {
 public:
  explicit Impl(MailSettings settings)
      : settings_(std::move(settings)),
        thread_([this](const std::stop_token& stopping) { run(stopping); }) {}

  bool send(Mail mail) {
    const auto problem = problem_of(mail);
    if (!problem.empty()) {
      ++failed_;
      warn(problem);
      return false;
    }
    {
      const std::scoped_lock lock(mutex_);
      waiting_.push_back({std::move(mail), 0, {}});
      ++waiting_count_;
    }
    woken_.notify_one();
    return true;
  }

  Figures figures() const { return {sent_, failed_, waiting_count_}; }

 private:
  using Instant = std::chrono::steady_clock::time_point;

  struct Waiting {
    Mail mail;
    unsigned attempt_count = 0;
    Instant due{};
  };

  std::string problem_of(const Mail& mail) const {
    if (settings_.smtp_url.empty())
      return "A mail was not sent: no mail server is configured (mail.smtp_url)";
    if (!can_be_mailed(mail.to)) return "A mail was not sent: its address can't stand in a mail";
    if (waiting_count_ >= settings_.mail_count_max)
      return "A mail was not sent: too many wait already";
    return {};
  }

  void warn(const std::string& sentence) const {
    if (settings_.warn) settings_.warn(sentence);
  }

  void run(const std::stop_token& stopping) {
    while (auto mail = next(stopping)) attempt(*std::move(mail), stopping);
  }

  /// The mail that is due, once there is one; nothing at the end.
  std::optional<Waiting> next(const std::stop_token& stopping) {
    std::unique_lock lock(mutex_);
    while (!stopping.stop_requested()) {
      const auto first = std::min_element(
          waiting_.begin(), waiting_.end(),
          [](const auto& left, const auto& right) { return left.due < right.due; });
      if (first == waiting_.end()) {
        woken_.wait(lock, stopping, [&] { return !waiting_.empty(); });
        continue;
      }
      if (first->due <= std::chrono::steady_clock::now()) {
        auto mail = std::move(*first);
        waiting_.erase(first);
        return mail;
      }
      const auto due = first->due;
      const auto count = waiting_.size();
      woken_.wait_until(lock, stopping, due, [&] { return waiting_.size() != count; });
    }
    return std::nullopt;
  }

  void attempt(Waiting waiting, const std::stop_token& stopping) {
    const auto failure = send_by_smtp(settings_, waiting.mail, stopping);
    if (!failure) {
      --waiting_count_;
      ++sent_;
      return;
    }
    const auto attempt_count = ++waiting.attempt_count;
    const bool is_given_up = failure->is_final || attempt_count >= settings_.attempt_count_max;
    warn((is_given_up ? "A mail was not sent, and is given up: "
                      : "A mail was not sent, and is tried again: ") +
         failure->sentence);
    if (is_given_up) {
      --waiting_count_;
      ++failed_;
      return;
    }
    waiting.due = std::chrono::steady_clock::now() +
                  settings_.retry_pause * (1u << std::min(attempt_count - 1, 10u));
    const std::scoped_lock lock(mutex_);
    waiting_.push_back(std::move(waiting));
  }

  const MailSettings settings_;
  std::mutex mutex_;
  std::condition_variable_any woken_;
  std::list<Waiting> waiting_;
  std::atomic<std::uint64_t> sent_{0}, failed_{0};
  /// Those that are being sent, too.
  std::atomic<std::uint64_t> waiting_count_{0};
  /// The last, so that it ends before what it uses goes.
  std::jthread thread_;
};

MailSender::MailSender(MailSettings settings)
    : impl_(std::make_unique<Impl>(std::move(settings))) {}

MailSender::~MailSender() = default;

bool MailSender::send(Mail mail) { return impl_->send(std::move(mail)); }

MailSender::Figures MailSender::figures() const { return impl_->figures(); }

}  // namespace orrery
