// The real views: folding a fleet's life, memory for each VM, saving and loading, and the reads of
// a hot GET while somebody else reads the same.
#include <memory>
#include <span>
#include <thread>

#include <fmt/format.h>
#include <openssl/sha.h>

#include "bench/bench_report.hpp"
#include "bench/fleet_history.hpp"
#include "bench/resident_memory.hpp"
#include "projections/availability/availability_view.hpp"
#include "projections/catalogue/catalogue_view.hpp"
#include "projections/identity/identity_view.hpp"
#include "projections/operations/operation_view.hpp"
#include "projections/vms/vm_view.hpp"

using namespace orrery;

namespace {

struct RealViews {
  IdentityView identity;
  VmView vms;
  OperationView operations;
  AvailabilityView availability;
  CatalogueView catalogue;
  std::vector<View*> all{&identity, &vms, &operations, &availability, &catalogue};
};

std::vector<RecordedEvent> history(std::uint64_t node_count, std::size_t event_count) {
  std::vector<RecordedEvent> events;
  events.reserve(event_count + 1024);
  FleetHistory fleet(node_count, [&](const std::string& stream, Version version, Event event) {
    const Position position = events.size() + 1;
    events.push_back({position,
                      stream,
                      version,
                      Time(std::chrono::microseconds(position)),
                      {"process/vm", 0, "request"},
                      std::move(event)});
  });
  fleet.begin();
  while (events.size() < event_count) fleet.live();
  return events;
}

void report(std::string_view what, std::string_view unit, double value, std::string more = "") {
  fmt::print(R"({{"bench":"{}","unit":"{}","measured":{:.1f}{}}})"
             "\n",
             what, unit, value, more);
}

/// Reads the event, and what hangs on it.
std::uint64_t touch(const RecordedEvent& recorded) {
  std::uint64_t sum = recorded.stream.empty() ? 0u : static_cast<unsigned char>(recorded.stream[0]);
  if (const auto* requested = std::get_if<VmRequested>(&recorded.event))
    sum += requested->identity.os_disk_id.size() + requested->specification.project_id[0];
  if (const auto* started = std::get_if<OperationStarted>(&recorded.event))
    sum += static_cast<unsigned char>(started->target_id[0]);
  return sum;
}

std::string digest_of(const std::string& bytes) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest);
  return fmt::format("{:02x}{:02x}{:02x}{:02x}", digest[0], digest[1], digest[2], digest[3]);
}

/// In chunks, as replay does: each view finds the events in the cache but for the first, and that
/// one's time shows what fetching them costs here.
void measure_folding(const std::vector<RecordedEvent>& events) {
  constexpr std::size_t chunk_size = 512;
  RealViews views;
  const auto before = resident_bytes();
  std::vector<double> seconds(views.all.size());
  std::uint64_t touched = 0;
  double touching = 0;
  for (std::size_t from = 0; from < events.size(); from += chunk_size) {
    const auto chunk = std::span(events).subspan(from, std::min(chunk_size, events.size() - from));
    const Stopwatch fetch;
    for (const auto& event : chunk) touched += touch(event);
    touching += fetch.seconds();
    for (std::size_t i = 0; i < views.all.size(); ++i) {
      const Stopwatch watch;
      for (const auto& event : chunk) views.all[i]->apply(event);
      seconds[i] += watch.seconds();
    }
  }
  double total = 0;
  std::string more;
  for (std::size_t i = 0; i < views.all.size(); ++i) {
    total += seconds[i];
    more += fmt::format(R"(,"{}_ns":{:.0f})", views.all[i]->name(),
                        seconds[i] * 1e9 / static_cast<double>(events.size()));
  }
  const auto mb = static_cast<double>(resident_bytes() - before) / 1e6;
  std::string bytes;
  for (const View* view : views.all) view->save(bytes);
  more += fmt::format(R"(,"fetch_ns":{:.0f},"rss_mb":{:.1f},"events":{},"hash":"{}{:02x}")",
                      touching * 1e9 / static_cast<double>(events.size()), mb, events.size(),
                      digest_of(bytes), touched & 0xFF);
  report("view_fold", "events/s", static_cast<double>(events.size()) / total, more);
}

/// Bytes of state for each VM: one that runs, with the operation that made it.
void measure_memory(std::uint64_t vm_count) {
  VmView vms;
  OperationView operations;
  std::int64_t vm_bytes = 0;
  Position position = 0;
  FleetHistory fleet(
      vm_count / 4 + 1, [&](const std::string& stream, Version version, Event event) {
        const RecordedEvent recorded{++position, stream, version, Time{}, {}, std::move(event)};
        vms.apply(recorded);
      });
  const auto before = resident_bytes();
  while (fleet.vm_count() < vm_count) fleet.live();
  vm_bytes = resident_bytes() - before;
  FleetHistory again(
      vm_count / 4 + 1, [&](const std::string& stream, Version version, Event event) {
        const RecordedEvent recorded{++position, stream, version, Time{}, {}, std::move(event)};
        operations.apply(recorded);
      });
  const auto between = resident_bytes();
  while (again.vm_count() < vm_count) again.live();
  report(
      "view_memory", "bytes/VM", static_cast<double>(vm_bytes) / static_cast<double>(vm_count),
      fmt::format(R"(,"vms":{},"bytes_per_operation":{:.0f})", vm_count,
                  static_cast<double>(resident_bytes() - between) / static_cast<double>(vm_count)));
}

void measure_snapshots(const std::vector<RecordedEvent>& events) {
  RealViews views;
  for (View* view : views.all)
    for (const auto& event : events) view->apply(event);
  const Stopwatch saving;
  std::vector<std::string> snapshots;
  std::size_t size = 0;
  for (const View* view : views.all) {
    view->save(snapshots.emplace_back());
    size += snapshots.back().size();
  }
  const auto save_seconds = saving.seconds();
  RealViews loaded;
  const Stopwatch loading;
  for (std::size_t i = 0; i < snapshots.size(); ++i) loaded.all[i]->load(snapshots[i]);
  report("view_load", "ms", loading.seconds() * 1e3,
         fmt::format(R"(,"save_ms":{:.1f},"mb":{:.1f})", save_seconds * 1e3,
                     static_cast<double>(size) / 1e6));
}

/// Nanoseconds of one call when `thread_count` threads make it.
template <class Call>
double nanoseconds(unsigned thread_count, std::uint64_t calls, const Call& call) {
  const Stopwatch watch;
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < thread_count; ++t)
    threads.emplace_back([&] {
      for (std::uint64_t i = 0; i < calls; ++i) call(i);
    });
  for (auto& thread : threads) thread.join();
  return watch.seconds() * 1e9 / static_cast<double>(calls);
}

void measure_reads(const std::vector<RecordedEvent>& events, std::uint64_t calls) {
  RealViews views;
  for (View* view : views.all)
    for (const auto& event : events) view->apply(event);
  TokenDigest digest;
  digest.fill(7);
  const auto tell = [&](const char* stream, Event event) {
    views.identity.apply({events.size() + 1, stream, 1, Time{}, {}, std::move(event)});
  };
  tell("token/t", SessionOpened{"a", std::string(32, 7), std::string(32, 8), 1, 1LL << 60});
  tell("account/a", AccountRegistered{});
  const auto project = FleetHistory::project(0);
  const auto organization = views.identity.project(project)->organization_id;
  tell("account/a", AccountJoinedOrganization{organization, MemberRole::member});

  const auto render = [](const VmDetails&) { return std::string(1200, 'x'); };
  const auto one_vm = FleetHistory::vm_id(0);
  std::vector<std::string> many_vms;
  for (std::uint64_t i = 0; i < 1024; ++i) many_vms.push_back(FleetHistory::vm_id(i * 100));
  for (const unsigned threads : {1u, 2u}) {
    const auto token = nanoseconds(threads, calls, [&](std::uint64_t) {
      return views.identity.principal_of(digest)->expires_at;
    });
    const auto principal = views.identity.principal_of(digest);
    const auto reach = nanoseconds(threads, calls, [&](std::uint64_t) {
      return views.identity.may_reach_project(*principal, project);
    });
    const auto same = nanoseconds(threads, calls, [&](std::uint64_t) {
      return views.vms.prepared(project, one_vm, render).version;
    });
    const auto spread = nanoseconds(threads, calls, [&](std::uint64_t i) {
      return views.vms.prepared(project, many_vms[i % many_vms.size()], render).version;
    });
    report("view_reads", "ns", token + reach + same,
           fmt::format(R"(,"threads":{},"token_ns":{:.0f},"reach_ns":{:.0f},"vm_ns":{:.0f},)"
                       R"("other_vm_ns":{:.0f})",
                       threads, token, reach, same, spread));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const bool tiny = wants_tiny(argc, argv);
  measure_memory(tiny ? 1'000 : 200'000);  // First: the allocator has no free memory yet.
  const auto events = history(tiny ? 20 : 10'000, tiny ? 5'000 : 1'000'000);
  measure_folding(events);
  measure_snapshots(events);
  measure_reads(events, tiny ? 1'000 : 2'000'000);
}
