// A restart: opening a log of a million events and bringing the real views to its head, with a
// snapshot of most of it and without any.
#include <filesystem>

#include <fmt/format.h>
#include <unistd.h>

#include "bench/bench_report.hpp"
#include "bench/fleet_history.hpp"
#include "events/codec.hpp"
#include "projections/availability/availability_view.hpp"
#include "projections/catalogue/catalogue_view.hpp"
#include "projections/identity/identity_view.hpp"
#include "projections/operations/operation_view.hpp"
#include "projections/runtime/views.hpp"
#include "projections/vms/vm_view.hpp"
#include "storage/rocksdb/rocksdb_event_log.hpp"

using namespace orrery;

namespace {

std::unique_ptr<EventLog> open_log(const std::filesystem::path& directory) {
  RocksDbOptions options;
  options.directory = directory;
  return open_rocksdb_event_log(options).value();
}

struct Server {
  explicit Server(const std::filesystem::path& directory) {
    for (View* view :
         std::initializer_list<View*>{&identity, &vms, &operations, &availability, &catalogue})
      views.add(*view);
    const Stopwatch opening;
    log = open_log(directory);
    open_seconds = opening.seconds();
    const Stopwatch catching_up;
    views.catch_up(*log).value();
    catch_up_seconds = catching_up.seconds();
  }

  std::unique_ptr<EventLog> log;
  IdentityView identity;
  VmView vms;
  OperationView operations;
  AvailabilityView availability;
  CatalogueView catalogue;
  Views views;
  double open_seconds = 0;
  double catch_up_seconds = 0;
};

/// Commits what the fleet does in groups of 256.
class Writer {
 public:
  void add(EventLog& log, const std::string& stream, Version version, const Event& event) {
    auto& draft = drafts_.emplace_back();
    draft.stream = stream;
    draft.version = version;
    draft.tag = tag_of(event);
    draft.tag_version = version_of(event);
    encode(event, draft.payload);
    if (drafts_.size() == 256) commit(log);
  }

  void commit(EventLog& log) {
    std::vector<Append> group;
    for (const auto& draft : drafts_)
      group.push_back({draft.stream,
                       draft.version - 1,
                       {"process/vm", log.head(), "4f0c1c5e-request"},
                       {},
                       {{draft.tag, draft.tag_version, draft.payload}}});
    for (const auto& result : log.commit(group, Time(std::chrono::microseconds(log.head()))))
      result.value();
    drafts_.clear();
  }

 private:
  struct Draft {
    std::string stream;
    Version version = 0;
    std::uint16_t tag = 0;
    std::uint16_t tag_version = 0;
    std::string payload;
  };
  std::vector<Draft> drafts_;
};

/// A log of `event_count` events. Where `with_snapshots`, the views saved theirs when a tenth of it
/// was still to come.
void write_log(const std::filesystem::path& directory, std::uint64_t node_count,
               Position event_count, bool with_snapshots) {
  auto log = open_log(directory);
  Writer writer;
  FleetHistory fleet(node_count, [&](const std::string& stream, Version version, Event event) {
    writer.add(*log, stream, version, event);
  });
  fleet.begin();
  while (log->head() < event_count / 10 * 9) fleet.live();
  if (with_snapshots) {
    writer.commit(*log);
    log.reset();
    Server server(directory);
    server.views.save_snapshots(*server.log);
    log = std::move(server.log);
  }
  while (log->head() < event_count) fleet.live();
  writer.commit(*log);
}

}  // namespace

int main(int argc, char** argv) {
  const bool tiny = wants_tiny(argc, argv);
  for (const bool with_snapshots : {true, false}) {
    const auto directory =
        std::filesystem::path("/tmp") / fmt::format("orrery-restart-{}", ::getpid());
    write_log(directory, tiny ? 20 : 10'000, tiny ? 5'000 : 1'000'000, with_snapshots);
    std::vector<double> seconds;
    std::string more;
    for (int round = 0; round < 3; ++round) {
      const Server server(directory);
      seconds.push_back(server.open_seconds + server.catch_up_seconds);
      more = fmt::format(R"("open_s":{:.3f},"catch_up_s":{:.3f},"events":{},"events_per_s":{:.0f})",
                         server.open_seconds, server.catch_up_seconds, server.log->head(),
                         static_cast<double>(server.log->head()) / server.catch_up_seconds);
    }
    fmt::print(R"({{"bench":"restart_{}","unit":"s","measured":{:.3f},{}}})"
               "\n",
               with_snapshots ? "with_snapshot" : "by_replay", percentile(seconds, 0.5), more);
    std::filesystem::remove_all(directory);
  }
}
