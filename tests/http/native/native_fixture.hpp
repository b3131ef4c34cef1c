#pragma once

#include <memory>
#include <string>

#include "events/codec.hpp"
#include "http/aicenter/files/file_routes.hpp"
#include "http/aicenter/resources.hpp"
#include "http/gpushare/agent_routes.hpp"
#include "http/native/admin/admin_routes.hpp"
#include "http/native/routes.hpp"
#include "http/native/slurm/claim_routes.hpp"
#include "http/server/server.hpp"
#include "http/upstream/upstream_client.hpp"
#include "projections/availability/availability_view.hpp"
#include "projections/services/service_view.hpp"
#include "storage/memory/memory_event_log.hpp"
#include "tests/http/server/raw_client.hpp"

namespace orrery {

/// A server with the native routes over a log in memory; the test is the log actor.
struct NativeFixture {
  explicit NativeFixture(Limits limits = {})
      : server({.address = "127.0.0.1",
                .port = 0,
                .threads = 1,
                .limits = limits,
                .tls = {},
                .metrics = metrics},
               make_router()) {
    server.start();
  }

  /// Commits one event of a node's stream, and tells the feed as the log actor does. One thread.
  void append(const std::string& stream = "node/1") {
    feed.on_commit(std::make_shared<const std::vector<RecordedEvent>>(1, commit(stream)));
  }

  /// The same before the listeners hear of it.
  RecordedEvent commit(const std::string& stream = "node/1") {
    const Event event = NodeCordoned{};
    std::string payload;
    encode(event, payload);
    Append append;
    append.stream = stream;
    append.expected_version = log.version_of(stream);
    append.origin = {"account/test", 0, "request-1"};
    append.events = {{tag_of(event), version_of(event), payload}};
    const auto appended = log.commit(std::span(&append, 1), Time{}).front().value();
    return {appended.first_position, stream, appended.version, Time{}, append.origin, event};
  }

  Router make_router() {
    NativeContext context;
    context.log = &log;
    context.feed = &feed;
    context.metrics = metrics;
    context.applied = [this] { return log.head() - views_behind; };
    context.is_operator = [](const Request& request) {
      return request.header("authorization") == "Bearer operator";
    };
    context.upstream = &upstream;
    context.availability = &availability;
    context.services = &services;
    context.version = "1.2.3";
    Router router;
    add_admin_routes(router, {});  // For the documents: nobody asks them.
    add_agent_routes(router, {});
    add_slurm_claim_routes(router, {});
    aicenter::Routes center(router, std::make_shared<const AicenterContext>());
    aicenter::add_center(center);
    aicenter::add_files(center);
    add_native_routes(router, std::move(context));
    return router;
  }

  MemoryEventLog log;
  EventFeed feed{log};
  UpstreamClient upstream;
  std::shared_ptr<EdgeMetrics> metrics = std::make_shared<EdgeMetrics>();
  std::atomic<Position> views_behind{0};
  AvailabilityView availability;
  ServiceView services;
  HttpServer server;
};

inline std::string get_events(std::string_view query, std::string_view headers = "") {
  return get("/orrery/v1/events" + std::string(query),
             "Authorization: Bearer operator\r\n" + std::string(headers));
}

}  // namespace orrery
