#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <curl/curl.h>

#include "http/upstream/upstream_target.hpp"

namespace orrery {

/// One request to a server.
struct HttpTransfer {
  std::string method = "GET";
  /// "http://…" or "https://…".
  std::string url;
  /// The whole `Authorization` header; empty: none.
  std::string authorization = {};
  std::optional<std::string> body = {};
  std::string content_type = "application/json";
  /// Further ones, such as "webhook-id: 7".
  std::vector<std::string> headers = {};
  /// Which addresses may be connected to, whatever the name resolves to, and never by way of a
  /// proxy; nothing: any.
  std::optional<UpstreamReach> reach = {};
  /// 0: as long as something comes at least once a minute.
  std::chrono::milliseconds timeout{30'000};
};

struct HttpOutcome {
  /// 0 where there was no answer, or not all of it.
  unsigned status = 0;
  /// Empty where the bytes were taken one by one.
  std::string body;
  /// A sentence where there was no answer.
  std::string failure;
  /// What the answer's `Retry-After` asks for; 0 where it has none.
  std::chrono::seconds retry_after{0};

  bool is_success() const { return status >= 200 && status < 300; }
};

/// Requests that go on at the same time, on connections that are kept (libcurl). For one thread,
/// but for `wake`; callbacks are called by `wait`. A `done` may begin and cancel others, a `bytes`
/// may not.
class HttpTransfers {
 public:
  using Done = std::function<void(HttpOutcome)>;
  using Bytes = std::function<void(std::string_view)>;
  /// Of a body that is kept whole; a longer one is a failure.
  static constexpr std::size_t body_bytes_max = 8u << 20;
  /// Of one whose server isn't trusted (`HttpTransfer::reach`); what is beyond isn't kept.
  static constexpr std::size_t strange_body_bytes_max = 64u << 10;

  /// `ca_file` names certificates to trust; empty: the system's.
  explicit HttpTransfers(std::string ca_file);
  /// Nobody is told what is under way.
  ~HttpTransfers();
  HttpTransfers(const HttpTransfers&) = delete;
  HttpTransfers& operator=(const HttpTransfers&) = delete;

  /// With `bytes`, the body of an answer 200 goes there as it comes.
  std::uint64_t begin(HttpTransfer transfer, Done done, Bytes bytes = {});
  /// Its `done` isn't called any more.
  void cancel(std::uint64_t id);

  /// Until something has got on, somebody calls `wake`, or the time is over.
  void wait(std::chrono::milliseconds timeout);
  /// Any thread.
  void wake();

 private:
  struct Running;
  /// Whether any has.
  bool finish_ended();
  void finish(CURL* easy, CURLcode result);

  std::string ca_file_;
  CURLM* multi_;
  std::uint64_t last_id_ = 0;
  std::map<std::uint64_t, std::unique_ptr<Running>> running_;
};

/// One request, and its outcome.
HttpOutcome transfer_now(const HttpTransfer& transfer, const std::string& ca_file);

}  // namespace orrery
