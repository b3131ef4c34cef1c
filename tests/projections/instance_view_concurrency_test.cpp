#include <algorithm>
#include <atomic>
#include <thread>

#include <catch2/catch.hpp>

#include "projections/instances/instance_view.hpp"
#include "tests/projections/history.hpp"

using namespace orrery;

namespace {

constexpr int instance_count = 2'000;

/// Seven digits, so that names are in the order of creation.
std::string name_of(int i) { return std::to_string(1'000'000 + i); }

/// One instance after the other is ordered, runs, and mostly goes.
History busy_history() {
  History history;
  for (int i = 0; i < instance_count; ++i) {
    const auto name = name_of(i);
    const auto stream = "instance/" + name;
    history.happened("wallet/w", order_of(name));
    history.happened(stream, InstancePlaced{name + ".1", "n", {0}, 1});
    history.happened(stream, InstanceStarted{"172.31.0.1", 30'099});
    if (i % 4 != 0) history.happened(stream, InstanceDeleted{});
  }
  return history;
}

bool is_whole(const InstanceDetails& instance) {
  const bool runs = instance.state == InstanceState::running;
  return instance.address.has_value() == runs && (!runs || instance.placement.has_value());
}

}  // namespace

TEST_CASE("instances are read, one and by page, while others come and go") {
  const auto history = busy_history();
  InstanceView view;
  std::atomic<bool> done = false;
  std::atomic<int> wrong_count = 0;
  const auto read = [&] {
    for (int i = 0; !done; i = (i + 1) % instance_count) {
      const auto one = view.find("w", name_of(i));
      if (one && (one->name() != name_of(i) || !is_whole(*one))) ++wrong_count;
      const auto part = view.list("w", "host-cluster", static_cast<std::size_t>(i % 50), 20);
      const bool in_order =
          std::ranges::is_sorted(part.instances, {}, [](const auto& each) { return each->name(); });
      if (!in_order || part.total_count < part.instances.size()) ++wrong_count;
    }
  };
  std::thread one(read);
  std::thread other(read);
  history.fold_into(view);
  done = true;
  one.join();
  other.join();
  CHECK(wrong_count == 0);
  CHECK(view.list("w", "host-cluster", 0, 1).total_count == instance_count / 4);
}
