#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "actors/batch/batch_scheduler.hpp"
#include "actors/history/folded_log.hpp"
#include "actors/placement/placement.hpp"
#include "actors/processes/billing_process.hpp"
#include "actors/processes/client_process.hpp"
#include "actors/processes/inference_process.hpp"
#include "actors/processes/instance_process.hpp"
#include "actors/processes/job_process.hpp"
#include "actors/processes/node_process.hpp"
#include "actors/processes/resource_process.hpp"
#include "actors/processes/service_process.hpp"
#include "actors/processes/shared_node_process.hpp"
#include "actors/processes/vm_process.hpp"
#include "cli/read_models.hpp"
#include "drivers/driver_duties.hpp"
#include "sim/world.hpp"
#include "storage/bundle/bundle.hpp"
#include "storage/memory/memory_event_log.hpp"
#include "tests/cli/golden_histories.hpp"
#include "tests/storage/log_fixture.hpp"
#include "tests/support/project_folders.hpp"

/// Golden logs: tests/golden/logs/ holds bundles that earlier releases wrote, and beside each what
/// folding it comes to. Every build replays them through all aggregates, views, processes and
/// duties. A bundle is never changed. An event, or a version of one, that stands in none of them
/// fails here: UPDATE_GOLDEN=1 adds a generation with everything that there is now.

using namespace orrery;
namespace fs = std::filesystem;

namespace {

bool may_update() {
  const char* update = std::getenv("UPDATE_GOLDEN");
  return update && std::string(update) == "1";
}

fs::path folder() { return golden_folder() / "logs"; }

std::vector<fs::path> bundles() {
  std::vector<fs::path> found;
  if (fs::exists(folder()))
    for (const auto& entry : fs::directory_iterator(folder()))
      if (entry.path().extension() == ".bundle") found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

std::unique_ptr<MemoryEventLog> log_of(const fs::path& bundle) {
  auto log = std::make_unique<MemoryEventLog>();
  std::ifstream in(bundle, std::ios::binary);
  const auto imported = import_bundle(in, *log, [](Position) {});
  INFO(bundle << (imported ? "" : ": " + imported.error().message));
  REQUIRE(imported.has_value());
  CHECK(imported->is_identical);
  return log;
}

void write(const EventLog& log, const fs::path& bundle) {
  fs::create_directories(bundle.parent_path());
  std::ofstream out(bundle, std::ios::binary);
  REQUIRE(write_bundle(log, 1, log.head(), {}, out, [](Position) {}).has_value());
}

using Kind = std::pair<std::uint16_t, std::uint16_t>;

/// Tags and versions in a log as they were stored.
std::set<Kind> kinds_in(const EventLog& log) {
  std::set<Kind> kinds;
  log.read(1, log.head(),
           [&](const StoredEvent& stored) {
             kinds.emplace(stored.tag, stored.tag_version);
             return true;
           })
      .value();
  return kinds;
}

/// Every version of every event that there has ever been.
std::set<Kind> all_kinds() {
  std::set<Kind> kinds;
  for (std::size_t i = 0; i < Events::size; ++i)
    for (std::uint16_t version = 1; version <= Events::versions[i]; ++version)
      kinds.emplace(Events::tags[i], version);
  return kinds;
}

/// What folding the log comes to, a line a resource.
std::string folded_text(const EventLog& log) {
  FoldedLog folded;
  for (const auto& event : read_all(log)) {
    const auto damage = folded.apply(event);
    INFO((damage ? damage->message : ""));
    REQUIRE_FALSE(damage);
  }
  std::string text;
  for (const auto& [stream, resource] : folded.resources(""))
    text += fmt::format("{} v{} {} {}\n", stream, resource->version, resource->aggregate->phase(),
                        boost::json::serialize(resource->aggregate->fields()));
  return text;
}

/// Folds the log; its snapshot, loaded, must be the same again.
template <class M>
void fold_machine(const EventLog& log) {
  INFO(M::name);
  M machine;
  for (const auto& event : read_all(log)) machine.apply(event);
  std::string saved;
  machine.save(saved);
  M loaded;
  loaded.load(saved);
  std::string again;
  loaded.save(again);
  CHECK(saved == again);
}

template <class... M>
void fold_machines(const EventLog& log) {
  (fold_machine<M>(log), ...);
}

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("every version of every event stands in a golden log", "[golden]") {
  std::set<Kind> stored;
  for (const auto& bundle : bundles()) stored.merge(kinds_in(*log_of(bundle)));
  auto missing = all_kinds();
  for (const auto& kind : stored) missing.erase(kind);
  if (!missing.empty() && may_update()) {
    int generation = 1;
    while (fs::exists(folder() / fmt::format("every-event.{}.bundle", generation))) ++generation;
    write(*golden_history(), folder() / fmt::format("every-event.{}.bundle", generation));
    for (const auto& kind : kinds_in(*golden_history())) missing.erase(kind);
  }
  for (const auto& [tag, version] : missing) {
    INFO(
        fmt::format("event {:#06x} in version {} is in no golden log; UPDATE_GOLDEN=1 adds a "
                    "generation. It needs an example in tests/events/event_examples.hpp that "
                    "fits others of its aggregate",
                    tag, version));
    CHECK(false);
  }
}

TEST_CASE("a world's life is among the golden logs", "[golden]") {
  const auto path = folder() / "world.1.bundle";
  if (!fs::exists(path) && may_update()) {
    World world(8, 250);
    CHECK(world.run().violations.empty());
    write(world.log(), path);
  }
  CHECK(fs::exists(path));
}

TEST_CASE("golden logs fold to what they always did", "[golden]") {
  for (const auto& bundle : bundles()) {
    const auto path = fs::path(bundle).replace_extension(".txt");
    const auto text = folded_text(*log_of(bundle));
    if (may_update()) std::ofstream(path, std::ios::binary) << text;
    INFO(path << ": where the states' form has changed, UPDATE_GOLDEN=1 and read the difference");
    CHECK(text_of(path) == text);
  }
}

TEST_CASE("golden logs pass through every view, process and duty", "[golden]") {
  for (const auto& bundle : bundles()) {
    // Streams of the synthetic history don't know each other: views and processes take what a fleet
    // lived.
    if (!bundle.filename().string().starts_with("world.")) continue;
    INFO(bundle);
    const auto log = log_of(bundle);
    ReadModels models;
    CHECK(models.views.catch_up(*log).has_value());
    for (const View* view : models.views.all()) {
      std::string saved, again;
      view->save(saved);
      const auto loaded = view->fresh();
      loaded->load(saved);
      loaded->save(again);
      INFO(view->name());
      CHECK(saved == again);
    }
    fold_machines<NodeProcess, Placement, VmProcess, ResourceProcess, InstanceProcess,
                  BillingProcess, ServiceProcess, ClientProcess, SharedNodeProcess,
                  InferenceProcess, JobProcess, BatchScheduler, DriverDuties>(*log);
  }
}
