#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace orrery {

class Clock;

/// How mail leaves this server.
struct MailSettings {
  /// "smtp://host:587" or "smtps://host"; empty: no mail leaves.
  std::string smtp_url;
  /// Address of the sender.
  std::string from;
  /// Empty: the mail server doesn't ask who we are.
  std::string username;
  std::string password;
  /// Whether a connection that can't be encrypted (or isn't, by a known certificate) is no use.
  bool require_tls = true;
  /// File of certificates that are trusted besides the system's; empty: none.
  std::string ca_file;
  /// One mail with connecting, and the pause before another attempt, which doubles.
  std::chrono::milliseconds timeout{20'000};
  std::chrono::milliseconds retry_pause{2'000};
  unsigned attempt_count_max = 4;
  /// Mails that wait.
  std::size_t mail_count_max = 1'000;
  /// For the date of a mail; null: the mail server adds it.
  const Clock* clock = nullptr;
  /// Told what went wrong, in a sentence without addresses. On any thread.
  std::function<void(const std::string&)> warn;
};

/// Plain text in UTF-8.
struct Mail {
  std::string to;
  std::string subject;
  std::string text;
};

/// Sends mails one after the other from a thread of its own (libcurl), so that no request waits for
/// a mail server. What isn't sent when it goes away is lost; so is what no attempt gets through.
/// Thread-safe.
class MailSender {
 public:
  explicit MailSender(MailSettings settings);
  /// Breaks off what is being sent.
  ~MailSender();

  /// False where it can't be sent: no mail server is configured, too many wait, or the address is
  /// none that may stand in a mail. The reason is told to `warn`.
  bool send(Mail mail);

  struct Figures {
    std::uint64_t sent = 0;
    /// Given up, or never taken.
    std::uint64_t failed = 0;
    std::uint64_t waiting = 0;
  };
  Figures figures() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace orrery
