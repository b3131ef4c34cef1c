#include "http/transfers/http_transfers.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <mutex>
#include <utility>

#include <netinet/in.h>

namespace orrery {

namespace {

constexpr long connect_timeout_ms = 10'000;
/// A stream that is silent for so long is dead: servers send something when it is quiet.
constexpr long silence_max_s = 60;

std::optional<boost::asio::ip::address> address_of(const curl_sockaddr& address) {
  // curl has room for every kind of address where it shows the generic one.
  const auto* bytes = reinterpret_cast<const char*>(&address) + offsetof(curl_sockaddr, addr);
  if (address.family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, bytes, sizeof v4);
    return boost::asio::ip::address_v4(ntohl(v4.sin_addr.s_addr));
  }
  if (address.family != AF_INET6) return std::nullopt;
  sockaddr_in6 v6{};
  std::memcpy(&v6, bytes, std::min<std::size_t>(sizeof v6, address.addrlen));
  boost::asio::ip::address_v6::bytes_type address_bytes{};
  std::memcpy(address_bytes.data(), &v6.sin6_addr, address_bytes.size());
  return boost::asio::ip::address_v6(address_bytes);
}

struct EasyCleanup {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct ListCleanup {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

}  // namespace

struct HttpTransfers::Running {
  std::uint64_t id = 0;
  HttpTransfer transfer;
  Done done;
  Bytes bytes;
  std::string body;
  std::array<char, CURL_ERROR_SIZE> problem{};
  /// The address that would have been connected to may not be.
  bool is_refused = false;
  std::unique_ptr<CURL, EasyCleanup> easy{curl_easy_init()};
  std::unique_ptr<curl_slist, ListCleanup> headers;

  void add_header(const std::string& header) {
    headers.reset(curl_slist_append(headers.release(), header.c_str()));
  }
  bool take(std::string_view some) {
    long status = 0;
    curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
    if (bytes && status == 200) {
      bytes(some);
      return true;
    }
    if (transfer.reach) {
      body.append(some.substr(0, strange_body_bytes_max - body.size()));
      return true;
    }
    if (body.size() + some.size() > body_bytes_max) return false;
    body.append(some);
    return true;
  }
  /// Judges each address where it is connected to, so that no name can show another one first.
  curl_socket_t open_socket(const curl_sockaddr& wanted) {
    const auto address = address_of(wanted);
    if (!address || !may_reach(*transfer.reach, *address)) {
      is_refused = true;
      return CURL_SOCKET_BAD;
    }
    return socket(wanted.family, wanted.socktype | SOCK_CLOEXEC, wanted.protocol);
  }
  void prepare(const std::string& ca_file);
};

namespace {

template <class Running>
std::size_t take_bytes(char* data, std::size_t size, std::size_t count, void* running) {
  const auto bytes = size * count;
  return static_cast<Running*>(running)->take({data, bytes}) ? bytes : CURL_WRITEFUNC_ERROR;
}

template <class Running>
curl_socket_t open_judged_socket(void* running, curlsocktype, curl_sockaddr* address) {
  return static_cast<Running*>(running)->open_socket(*address);
}

}  // namespace

void HttpTransfers::Running::prepare(const std::string& ca_file) {
  auto* handle = easy.get();
  curl_easy_setopt(handle, CURLOPT_URL, transfer.url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, connect_timeout_ms);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, problem.data());
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_bytes<Running>);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, transfer.method.c_str());
  if (!ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, ca_file.c_str());
  if (transfer.timeout.count() > 0) {
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(transfer.timeout.count()));
  } else {
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, silence_max_s);
  }
  if (transfer.body) {
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(transfer.body->size()));
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, transfer.body->c_str());
    add_header("Content-Type: " + transfer.content_type);
    add_header("Expect:");  // A large body doesn't wait for leave to be sent.
  }
  for (const auto& header : transfer.headers) add_header(header);
  if (transfer.reach) {
    curl_easy_setopt(handle, CURLOPT_PROXY, "");
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_judged_socket<Running>);
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, this);
  }
  if (!transfer.authorization.empty()) add_header("Authorization: " + transfer.authorization);
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
}

HttpTransfers::HttpTransfers(std::string ca_file) : ca_file_(std::move(ca_file)) {
  static std::once_flag initialized;
  std::call_once(initialized, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  multi_ = curl_multi_init();
}

HttpTransfers::~HttpTransfers() {
  for (const auto& [id, running] : running_) curl_multi_remove_handle(multi_, running->easy.get());
  running_.clear();
  curl_multi_cleanup(multi_);
}

std::uint64_t HttpTransfers::begin(HttpTransfer transfer, Done done, Bytes bytes) {
  auto running = std::make_unique<Running>();
  running->id = ++last_id_;
  running->transfer = std::move(transfer);
  running->done = std::move(done);
  running->bytes = std::move(bytes);
  running->prepare(ca_file_);
  curl_easy_setopt(running->easy.get(), CURLOPT_PRIVATE, running.get());
  curl_multi_add_handle(multi_, running->easy.get());
  running_[last_id_] = std::move(running);
  return last_id_;
}

void HttpTransfers::cancel(std::uint64_t id) {
  const auto found = running_.find(id);
  if (found == running_.end()) return;
  curl_multi_remove_handle(multi_, found->second->easy.get());
  running_.erase(found);
}

void HttpTransfers::wait(std::chrono::milliseconds timeout) {
  int count = 0;
  curl_multi_perform(multi_, &count);
  if (finish_ended()) return;  // Nothing may be left to wait for.
  curl_multi_poll(multi_, nullptr, 0, static_cast<int>(timeout.count()), nullptr);
  curl_multi_perform(multi_, &count);
  finish_ended();
}

bool HttpTransfers::finish_ended() {
  bool has_ended = false;
  int left = 0;
  while (const auto* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    has_ended = true;
    finish(message->easy_handle, message->data.result);
  }
  return has_ended;
}

void HttpTransfers::wake() { curl_multi_wakeup(multi_); }

void HttpTransfers::finish(CURL* easy, CURLcode result) {
  Running* ended = nullptr;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, &ended);
  const auto found = running_.find(ended->id);
  const auto running = std::move(found->second);
  running_.erase(found);
  curl_multi_remove_handle(multi_, easy);
  HttpOutcome outcome;
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  outcome.status = result == CURLE_OK ? static_cast<unsigned>(status) : 0;
  outcome.body = std::move(running->body);
  curl_off_t retry_after = 0;
  curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &retry_after);
  outcome.retry_after = std::chrono::seconds(retry_after);
  if (result != CURLE_OK && running->is_refused)
    outcome.failure = "its address may not be connected to";
  else if (result != CURLE_OK)
    outcome.failure =
        running->problem[0] != '\0' ? running->problem.data() : curl_easy_strerror(result);
  running->done(std::move(outcome));
}

HttpOutcome transfer_now(const HttpTransfer& transfer, const std::string& ca_file) {
  HttpTransfers transfers(ca_file);
  std::optional<HttpOutcome> outcome;
  transfers.begin(transfer, [&](HttpOutcome result) { outcome = std::move(result); });
  while (!outcome) transfers.wait(std::chrono::milliseconds(1'000));
  return *outcome;
}

}  // namespace orrery
