#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <curl/curl.h>

namespace orrery {

/// GETs whether servers of ours are ready, many at once, and waits for other descriptors meanwhile.
/// What they answer isn't trusted: nothing is followed or kept, and time and length are limited.
/// For one thread, but for `wake`.
class ReadinessProbes {
 public:
  ReadinessProbes();
  ~ReadinessProbes();
  ReadinessProbes(const ReadinessProbes&) = delete;
  ReadinessProbes& operator=(const ReadinessProbes&) = delete;

  /// `name` has no probe under way.
  void begin(const std::string& name, const std::string& url);
  void cancel(const std::string& name);

  /// Waits until a probe has got on, a descriptor is readable, or somebody calls `wake`; at most so
  /// long. Those that became readable are marked in `revents`.
  void wait(std::vector<curl_waitfd>& descriptors, std::chrono::milliseconds timeout);
  /// May be called from any thread.
  void wake();

  struct Answer {
    std::string name;
    /// A status of 2xx.
    bool is_ready = false;
  };
  /// Of probes that have ended since the last question.
  std::vector<Answer> take_answers();

 private:
  struct EasyCleanup {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  };
  using Easy = std::unique_ptr<CURL, EasyCleanup>;

  CURLM* multi_;
  std::map<std::string, Easy> under_way_;
};

}  // namespace orrery
