#include <algorithm>
#include <atomic>
#include <thread>

#include <catch2/catch.hpp>

#include "projections/services/service_view.hpp"
#include "tests/projections/history.hpp"

using namespace orrery;

namespace {

constexpr int service_count = 2'000;

std::string name_of(int i) { return std::to_string(1'000'000 + i); }

/// One service after the other is asked for, runs, and mostly ends; each tenth is a replica.
History busy_history() {
  History history;
  for (int i = 0; i < service_count; ++i) {
    const auto id = name_of(i);
    const auto stream = "service/" + id;
    if (i % 10 == 0) {
      ServiceGroupRequested group;
      group.node_count = group.replica_count = 1;
      group.service_ids = {id};
      history.happened("service_group/sg-" + id, group);
    }
    history.happened(stream, ServiceRequested{});
    history.happened(stream, ServicePlaced{"service-" + id, "n", {0}, 1});
    history.happened(stream, ServiceLaunched{"n", 8'001});
    history.happened(stream, ServiceBecameReady{});
    if (i % 4 != 0) history.happened(stream, ServiceEnded{});
  }
  return history;
}

bool is_whole(const ServiceDetails& service) {
  const auto rendered = [&] { return service.id + std::to_string(service.version); };
  return service.request && service.prepared.text(rendered) == rendered() &&
         service.has_ended() == (service.status == ServiceStatus::completed) &&
         !service.history.empty() && service.history.back().status == service.status;
}

}  // namespace

TEST_CASE("services are read, one and all, while others come and end") {
  const auto history = busy_history();
  ServiceView view;
  std::atomic<bool> done = false;
  std::atomic<int> wrong_count = 0;
  const auto read = [&] {
    for (int i = 0; !done; i = (i + 1) % service_count) {
      const auto id = name_of(i);
      if (const auto one = view.find(id); one && (one->id != id || !is_whole(*one))) ++wrong_count;
      for (const auto& replica : view.replicas("sg-" + id))
        if (!is_whole(*replica)) ++wrong_count;
      if (i % 100 != 0) continue;
      const auto all = view.list();
      if (!std::ranges::is_sorted(all, {}, [](const auto& each) { return each->id; }) ||
          !std::ranges::all_of(all, [](const auto& each) { return is_whole(*each); }))
        ++wrong_count;
    }
  };
  std::thread one(read);
  std::thread other(read);
  history.fold_into(view);
  done = true;
  one.join();
  other.join();
  CHECK(wrong_count == 0);
  CHECK(view.list().size() == service_count);
  CHECK(view.counts() ==
        ServiceView::Counts{0, 0, 0, service_count / 4, service_count * 3 / 4, 0, 0});
}
