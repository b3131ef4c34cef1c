#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "http/server/server.hpp"

namespace orrery {

/// Keeps responders for a test to answer when it wants to.
class HeldAnswers {
 public:
  void hold(Responder responder) {
    const std::scoped_lock lock(mutex_);
    held_.push_back(std::move(responder));
    changed_.notify_all();
  }

  /// Waits for a request to be held.
  Responder take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !held_.empty(); });
    auto responder = std::move(held_.front());
    held_.erase(held_.begin());
    return responder;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Responder> held_;
};

inline Response text(std::string body, unsigned status = 200) {
  Response response;
  response.status = status;
  response.content_type = "text/plain";
  response.body = std::move(body);
  return response;
}

/// Routes that a test can tell apart, and a dialect below /v0.1 with a form of its own for errors.
inline Router edge_router(std::shared_ptr<HeldAnswers> held = std::make_shared<HeldAnswers>()) {
  Router router;
  router.add(Method::get, "/hello",
             [](const Request&, Responder answer) { answer(text("hello")); });
  router.add(Method::post, "/echo", [](const Request& request, Responder answer) {
    answer(text(std::string(request.body)));
  });
  router.add(Method::get, "/path/{name}", [](const Request& request, Responder answer) {
    answer(text(std::string(request.path_parameters[0]) + "?" + request.query_parameter("q")));
  });
  router.add(Method::get, "/large", [](const Request&, Responder answer) {
    Response response;
    response.prepared_body = std::make_shared<const std::string>(300'000, 'x');
    answer(std::move(response));
  });
  router.add(Method::get, "/held",
             [held](const Request&, Responder answer) { held->hold(answer); });
  router.add(
      Method::get, "/patient", [held](const Request&, Responder answer) { held->hold(answer); },
      Patience::long_);
  router.add(Method::get, "/dropped", [](const Request&, Responder) {});
  router.add(Method::get, "/throws",
             [](const Request&, Responder) { throw std::runtime_error("on purpose"); });
  router.add(Method::get, "/v0.1/projects/{id}",
             [](const Request&, Responder answer) { answer(text("a project")); });
  router.fallback("/v0.1", [](const Request& request, Responder answer) {
    answer(text("v0.1 says " + std::string(request.fault.code), request.fault.status));
  });
  return router;
}

/// A server on a port of its own for one test.
struct EdgeFixture {
  explicit EdgeFixture(Limits limits = {}, unsigned threads = 1)
      : held(std::make_shared<HeldAnswers>()),
        metrics(std::make_shared<EdgeMetrics>()),
        server({.address = "127.0.0.1",
                .port = 0,
                .threads = threads,
                .limits = limits,
                .tls = {},
                .metrics = metrics},
               edge_router(held)) {
    server.start();
  }

  std::uint16_t port() const { return server.port(); }

  std::shared_ptr<HeldAnswers> held;
  std::shared_ptr<EdgeMetrics> metrics;
  HttpServer server;
};

}  // namespace orrery
