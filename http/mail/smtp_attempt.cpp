#include "http/mail/smtp_attempt.hpp"

#include <algorithm>
#include <memory>
#include <mutex>
#include <string_view>

#include <curl/curl.h>
#include <fmt/format.h>

#include "http/mail/mail_text.hpp"
#include "storage/clock.hpp"

namespace orrery {

namespace {

struct EasyRelease {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct ListRelease {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

std::size_t read_some(char* out, std::size_t size, std::size_t count, void* rest) {
  auto& text = *static_cast<std::string_view*>(rest);
  const auto part = text.substr(0, size * count);
  std::copy(part.begin(), part.end(), out);
  text.remove_prefix(part.size());
  return part.size();
}

/// What the mail server says isn't shown to anybody.
std::size_t ignore(char*, std::size_t size, std::size_t count, void*) { return size * count; }

int is_over(void* stopping, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const std::stop_token*>(stopping)->stop_requested() ? 1 : 0;
}

void set_server(CURL* easy, const MailSettings& settings) {
  curl_easy_setopt(easy, CURLOPT_URL, settings.smtp_url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_USE_SSL,
                   static_cast<long>(settings.require_tls ? CURLUSESSL_ALL : CURLUSESSL_TRY));
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, settings.require_tls ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, settings.require_tls ? 2L : 0L);
  if (!settings.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, settings.ca_file.c_str());
  if (!settings.username.empty()) {
    curl_easy_setopt(easy, CURLOPT_USERNAME, settings.username.c_str());
    curl_easy_setopt(easy, CURLOPT_PASSWORD, settings.password.c_str());
  }
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(settings.timeout.count()));
}

/// 5xx: the mail server doesn't want this mail, now or later.
MailFailure failure_of(CURL* easy, CURLcode code) {
  long answer = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &answer);
  std::string sentence = curl_easy_strerror(code);
  if (answer > 0) sentence += fmt::format(" (the mail server said {})", answer);
  return {std::move(sentence), answer >= 500 && answer < 600};
}

}  // namespace

std::optional<MailFailure> send_by_smtp(const MailSettings& settings, const Mail& mail,
                                        const std::stop_token& stopping) {
  static std::once_flag initialised;
  std::call_once(initialised, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  const std::unique_ptr<CURL, EasyRelease> handle(curl_easy_init());
  auto* const easy = handle.get();
  if (!easy) return MailFailure{"libcurl has no memory", false};
  const auto now = settings.clock ? std::optional(settings.clock->now()) : std::nullopt;
  const auto text = message_text(settings.from, mail, now);
  std::string_view rest = text;
  const std::unique_ptr<curl_slist, ListRelease> recipients(
      curl_slist_append(nullptr, fmt::format("<{}>", mail.to).c_str()));
  const auto sender = fmt::format("<{}>", settings.from);
  set_server(easy, settings);
  curl_easy_setopt(easy, CURLOPT_MAIL_FROM, sender.c_str());
  curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(easy, CURLOPT_READFUNCTION, &read_some);
  curl_easy_setopt(easy, CURLOPT_READDATA, &rest);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &ignore);
  curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, &is_over);
  curl_easy_setopt(easy, CURLOPT_XFERINFODATA, &stopping);
  const auto code = curl_easy_perform(easy);
  if (code == CURLE_OK) return std::nullopt;
  return failure_of(easy, code);
}

}  // namespace orrery
