#include "cli/full_verification.hpp"

#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "actors/history/folded_aggregate.hpp"
#include "actors/runtime/aggregate_snapshots.hpp"
#include "cli/data_directory.hpp"
#include "cli/exit_codes.hpp"
#include "cli/log_bundles.hpp"
#include "cli/log_reports.hpp"
#include "cli/progress_line.hpp"
#include "cli/read_models.hpp"
#include "projections/runtime/view_archive.hpp"
#include "projections/runtime/view_snapshot.hpp"
#include "storage/memory/memory_event_log.hpp"
#include "tests/storage/log_fixture.hpp"

using namespace orrery;

namespace {

struct Verified {
  std::ostringstream out, err;
  FullVerification result;
};

Verified verified(const EventLog& log) {
  Verified all;
  all.result = verify_log_fully(log, true, all.out, all.err);
  return all;
}

/// A few nodes and GPUs, with a snapshot of every view.
std::unique_ptr<MemoryEventLog> log_with_snapshots() {
  auto log = std::make_unique<MemoryEventLog>();
  commit(*log, {{"node/n", 0, {NodeRegistered{"c", "A40", 1}}},
                {"gpu/n:0", 0, {GpuRegistered{"n", 0, "A40"}}},
                {"node/n", 1, {NodeBecameReady{}}}});
  ReadModels models;
  models.views.catch_up(*log).value();
  models.views.save_snapshots(*log);
  commit(*log, {{"gpu/n:0", 1, {GpuFaulted{"smoke"}}}});
  return log;
}

/// As an actor saves it: what its stream says.
void put_snapshot_of(EventLog& log, const std::string& stream, Version version,
                     std::string_view spoil = "") {
  Snapshot snapshot{0, version, {}};
  const auto aggregate = fold_of_stream(stream);
  for (const auto& event : read_stream(log, stream))
    if (event.version <= version) aggregate->apply(event.event);
  aggregate->save(snapshot.bytes);
  snapshot.bytes += spoil;
  log.put_snapshot(snapshot_name_of_stream(stream), snapshot);
}

}  // namespace

TEST_CASE("the full verification compares every view and every aggregate's snapshot") {
  const auto log = log_with_snapshots();
  put_snapshot_of(*log, "gpu/n:0", 2);
  put_snapshot_of(*log, "node/n", 1);
  const auto all = verified(*log);
  INFO(all.err.str());
  CHECK(all.result.exit_code == exit_success);
  CHECK(all.out.str().starts_with("ok: 4 events in 2 commits and 2 streams, chain "));
  CHECK(all.out.str().find(", 0 not there yet") != std::string::npos);
  CHECK(all.out.str().find("aggregates: 2 snapshots compared") != std::string::npos);
}

TEST_CASE("a view's snapshot that isn't what the log says is named, and can be dropped") {
  const auto log = log_with_snapshots();
  const auto name = snapshot_name_of_view(NodeView());
  auto snapshot = log->snapshot(name);
  REQUIRE(snapshot);
  snapshot->bytes.back() = static_cast<char>(snapshot->bytes.back() ^ 1);
  log->put_snapshot(name, *snapshot);
  const auto bad = verified(*log);
  CHECK(bad.result.exit_code == exit_log_damaged);
  CHECK(bad.result.bad_snapshots == std::vector<std::string>{name});
  CHECK(bad.err.str().find(name + " as of position 3 isn't what the log says") !=
        std::string::npos);
  drop_snapshots(*log, bad.result.bad_snapshots);
  CHECK(verified(*log).result.exit_code == exit_success);
}

TEST_CASE("archived snapshots of views are compared, too") {
  const auto log = log_with_snapshots();
  NodeView nodes;
  for (const auto& event : read_all(*log)) {
    if (event.position > 2) break;
    nodes.apply(event);
    archive_view(nodes, event.position, *log);
  }
  CHECK(verified(*log).result.exit_code == exit_success);

  const auto archived = archived_snapshots(nodes, *log);
  REQUIRE(archived.size() == 2);
  auto snapshot = log->snapshot(archived[0].name);
  REQUIRE(snapshot);
  snapshot->bytes.back() = static_cast<char>(snapshot->bytes.back() ^ 1);
  log->put_snapshot(archived[0].name, *snapshot);
  const auto bad = verified(*log);
  CHECK(bad.result.exit_code == exit_log_damaged);
  CHECK(bad.result.bad_snapshots == std::vector<std::string>{archived[0].name});
  drop_snapshots(*log, bad.result.bad_snapshots);
  CHECK(verified(*log).result.exit_code == exit_success);
}

TEST_CASE("an aggregate's snapshot that isn't what its stream says is named") {
  const auto log = log_with_snapshots();
  put_snapshot_of(*log, "gpu/n:0", 1, "more");
  const auto bad = verified(*log);
  CHECK(bad.result.bad_snapshots == std::vector<std::string>{snapshot_name_of_stream("gpu/n:0")});
}

TEST_CASE("the full verification finds what doesn't decode, and what doesn't fit") {
  MemoryEventLog undecodable;
  Append append{"node/a", 0, {}, {}, {}};
  append.events.push_back({0x0203, 99, "payload"});
  undecodable.commit({&append, 1}, Time{});
  const auto unknown = verified(undecodable);
  CHECK(unknown.result.exit_code == exit_log_damaged);
  CHECK(unknown.err.str().find("position 1: node/a: event 0x0203 in version 99 is unknown") !=
        std::string::npos);

  MemoryEventLog unfit;
  commit(unfit, {{"gpu/g", 0, {GpuRegistered{"n", 0, "A40"}, NodeLost{"power"}}}});
  put_snapshot_of(unfit, "gpu/g", 1);
  Snapshot of_both{0, 2, "x"};
  unfit.put_snapshot(snapshot_name_of_stream("gpu/g"), of_both);
  CHECK(verified(unfit).err.str().find("position 2: node.lost of gpu/g doesn't fit") !=
        std::string::npos);
}

TEST_CASE("a bundle becomes a data directory; a damaged one leaves nothing behind") {
  const TemporaryDirectory directory;
  const auto log = log_with_snapshots();
  std::ostringstream out, err;
  const auto bundle = directory.path / "all.bundle";
  CHECK(export_bundle(*log, {1, log->head(), {}, bundle, true}, out, err) == exit_success);
  CHECK(import_bundle_into(bundle, directory.path / "data", true, out, err) == exit_success);
  CHECK(out.str().find("the chain of hashes is the same") != std::string::npos);
  const auto copy = open_log_for_reading(directory.path / "data");
  REQUIRE(copy.has_value());
  CHECK((*copy)->chain_hash() == log->chain_hash());

  std::ofstream(bundle, std::ios::app | std::ios::binary) << "more";
  CHECK(import_bundle_into(bundle, directory.path / "other", true, out, err) == exit_log_damaged);
  CHECK(err.str().find("bytes after the end") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(directory.path / "other"));
  CHECK(import_bundle_into(bundle / "x", directory.path / "other", true, out, err) == exit_usage);
  CHECK(export_bundle(*log, {1, log->head(), {"vm/x"}, bundle, true}, out, err) == exit_failure);
}

TEST_CASE("an import that fails removes what it made, and nothing that was there") {
  const TemporaryDirectory directory;
  std::ostringstream out, err;
  const auto data = directory.path / "data", other = directory.path / "other";
  const auto bundle_of = [&](const EventLog& log, Position from, std::vector<std::string> streams,
                             std::string_view name) {
    const auto bundle = directory.path / name;
    CHECK(export_bundle(log, {from, log.head(), std::move(streams), bundle, true}, out, err) ==
          exit_success);
    return bundle;
  };
  const NodeRegistered node{"c", "A40", 1};
  MemoryEventLog there, more;
  commit(there, {{"node/b", 0, {node}}});
  commit(more, {{"node/a", 0, {node}}});
  commit(more, {{"node/b", 0, {node}}});
  CHECK(import_bundle_into(bundle_of(there, 1, {}, "there"), data, true, out, err) == exit_success);
  CHECK(import_bundle_into(bundle_of(more, 1, {"node"}, "some"), data, true, out, err) ==
        exit_log_damaged);
  CHECK(err.str().find("has got positions 2 to 2, which stay") != std::string::npos);
  const auto all = bundle_of(more, 1, {}, "all");
  CHECK(import_bundle_into(all, data, true, out, err) == exit_log_damaged);
  const auto kept = open_log_for_reading(data);
  REQUIRE(kept.has_value());
  CHECK((*kept)->head() == 2);

  // A part of a history begins no log.
  CHECK(import_bundle_into(bundle_of(more, 2, {}, "late"), other, true, out, err) ==
        exit_log_damaged);
  CHECK(std::filesystem::is_empty(other));

  // Somebody else is at it.
  const auto theirs = std::filesystem::path(log_directory(other).string() + ".unfinished");
  std::filesystem::create_directory(theirs);
  CHECK(import_bundle_into(all, other, true, out, err) == exit_data_directory);
  CHECK(std::filesystem::exists(theirs));
}

TEST_CASE("progress says how far it has come, how fast it goes, and how long it takes") {
  using std::chrono::duration;
  CHECK(progress_text("verified", "events", 0, 900, duration<double>(0)) ==
        "verified 0 of 900 events");
  CHECK(progress_text("verified", "events", 2'000'000, 10'000'000, duration<double>(1)) ==
        "verified 2.0 million of 10.0 million events, 2.0 million/s, 4 s left");
  CHECK(progress_text("folded", "events", 50'000, 50'000, duration<double>(2)) ==
        "folded 50.0 thousand of 50.0 thousand events, 25.0 thousand/s");
}
