#include "drivers/runs/readiness_probes.hpp"

#include <mutex>

namespace orrery {
namespace {

constexpr long connect_timeout_ms = 2'000;
constexpr long timeout_ms = 5'000;
constexpr curl_off_t body_bytes_max = 1 << 20;

std::size_t throw_away(char*, std::size_t size, std::size_t count, void*) { return size * count; }

}  // namespace

ReadinessProbes::ReadinessProbes() {
  static std::once_flag initialized;
  std::call_once(initialized, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  multi_ = curl_multi_init();
}

ReadinessProbes::~ReadinessProbes() {
  for (const auto& [name, easy] : under_way_) curl_multi_remove_handle(multi_, easy.get());
  under_way_.clear();
  curl_multi_cleanup(multi_);
}

void ReadinessProbes::begin(const std::string& name, const std::string& url) {
  Easy easy(curl_easy_init());
  auto* handle = easy.get();
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_PROXY, "");
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, connect_timeout_ms);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, timeout_ms);
  curl_easy_setopt(handle, CURLOPT_MAXFILESIZE_LARGE, body_bytes_max);
  curl_easy_setopt(handle, CURLOPT_FRESH_CONNECT, 1L);
  curl_easy_setopt(handle, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, throw_away);
  curl_multi_add_handle(multi_, handle);
  under_way_[name] = std::move(easy);
}

void ReadinessProbes::cancel(const std::string& name) {
  const auto found = under_way_.find(name);
  if (found == under_way_.end()) return;
  curl_multi_remove_handle(multi_, found->second.get());
  under_way_.erase(found);
}

void ReadinessProbes::wait(std::vector<curl_waitfd>& descriptors,
                           std::chrono::milliseconds timeout) {
  int running = 0;
  curl_multi_perform(multi_, &running);
  curl_multi_poll(multi_, descriptors.data(), static_cast<unsigned>(descriptors.size()),
                  static_cast<int>(timeout.count()), nullptr);
  curl_multi_perform(multi_, &running);
}

void ReadinessProbes::wake() { curl_multi_wakeup(multi_); }

std::vector<ReadinessProbes::Answer> ReadinessProbes::take_answers() {
  std::vector<Answer> answers;
  int left = 0;
  while (const auto* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const auto result = message->data.result;
    for (auto probe = under_way_.begin(); probe != under_way_.end(); ++probe) {
      if (probe->second.get() != message->easy_handle) continue;
      long status = 0;
      curl_easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &status);
      answers.push_back({probe->first, result == CURLE_OK && status >= 200 && status < 300});
      curl_multi_remove_handle(multi_, probe->second.get());
      under_way_.erase(probe);
      break;
    }
  }
  return answers;
}

}  // namespace orrery
