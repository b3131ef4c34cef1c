#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "http/server/server.hpp"

namespace orrery {

/// What somebody was sent.
struct ReceivedMessage {
  std::string id, timestamp, signature, content_type;
  std::string body;

  /// Of the events in it.
  std::vector<std::uint64_t> positions() const {
    std::vector<std::uint64_t> all;
    const auto take = [&](const boost::json::value& event) {
      all.push_back(std::stoull(event.at("id").as_string().c_str()));
    };
    const auto json = boost::json::parse(body);
    if (!json.is_array())
      take(json);
    else
      for (const auto& event : json.as_array()) take(event);
    return all;
  }
};

/// Somebody's server for webhooks: keeps what comes, and answers as it is told.
class Receiver {
 public:
  /// The answer to the `number`th message, from 0.
  using Answer = std::function<Response(std::size_t number, const ReceivedMessage&)>;

  explicit Receiver(Answer answer = {})
      : answer_(std::move(answer)),
        server_({.address = "127.0.0.1",
                 .port = 0,
                 .threads = 1,
                 .limits = {},
                 .tls = {},
                 .metrics = std::make_shared<EdgeMetrics>()},
                make_router()) {
    server_.start();
  }
  ~Receiver() { server_.drain(); }

  std::string url() const { return fmt::format("http://127.0.0.1:{}/hook", server_.port()); }

  /// From now on.
  void answer_with(Answer answer) {
    const std::scoped_lock lock(mutex_);
    answer_ = std::move(answer);
  }

  /// All messages once there are so many, taken or not.
  std::vector<ReceivedMessage> await(std::size_t count) {
    std::unique_lock lock(mutex_);
    const bool came = changed_.wait_for(lock, std::chrono::seconds(20),
                                        [&] { return messages_.size() >= count; });
    INFO(messages_.size() << " messages came, not " << count);
    CHECK(came);
    return messages_;
  }

  std::vector<ReceivedMessage> messages() {
    const std::scoped_lock lock(mutex_);
    return messages_;
  }

  /// The positions that were answered 2xx, in the order in which they came.
  std::vector<std::uint64_t> taken() {
    const std::scoped_lock lock(mutex_);
    return taken_;
  }

 private:
  Router make_router() {
    Router router;
    router.add(Method::post, "/hook",
               [this](const Request& request, Responder answer) { answer(take(request)); });
    return router;
  }

  Response take(const Request& request) {
    const std::scoped_lock lock(mutex_);
    const auto header = [&](std::string_view name) { return std::string(request.header(name)); };
    ReceivedMessage message{header("webhook-id"), header("webhook-timestamp"),
                            header("webhook-signature"), header("content-type"),
                            std::string(request.body)};
    Response response;
    response.status = 204;
    if (answer_) response = answer_(messages_.size(), message);
    if (response.status < 300)
      for (const auto position : message.positions()) taken_.push_back(position);
    messages_.push_back(std::move(message));
    changed_.notify_all();
    return response;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  Answer answer_;
  std::vector<ReceivedMessage> messages_;
  std::vector<std::uint64_t> taken_;
  HttpServer server_;
};

inline Response status_only(unsigned status) {
  Response response;
  response.status = status;
  return response;
}

}  // namespace orrery
