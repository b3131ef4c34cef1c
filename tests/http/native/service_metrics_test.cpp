#include <catch2/catch.hpp>

#include "http/native/metrics_text.hpp"
#include "projections/services/service_view.hpp"
#include "storage/memory/memory_event_log.hpp"

using namespace orrery;

TEST_CASE("services are counted by status") {
  ServiceView services;
  services.apply({1, "service/17", 1, Time{}, {"test", 0, "test"}, ServiceRequested{}});
  services.apply({2, "service/18", 1, Time{}, {"test", 0, "test"}, ServiceRequested{}});
  services.apply({3, "service/18", 2, Time{}, {"test", 0, "test"}, ServiceEnded{}});
  MemoryEventLog log;
  NativeContext context;
  context.log = &log;
  context.services = &services;
  const auto text = metrics_text(context, {}, false);
  CHECK_THAT(text, Catch::Contains("orrery_services{status=\"pending\"} 1\n"));
  CHECK_THAT(text, Catch::Contains("orrery_services{status=\"completed\"} 1\n"));
  CHECK_THAT(text, Catch::Contains("orrery_services{status=\"running\"} 0\n"));
}
