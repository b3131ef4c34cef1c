#include <catch2/catch.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "actors/history/causal_tree.hpp"
#include "actors/history/folded_log.hpp"
#include "actors/history/history_diff.hpp"
#include "actors/runtime/aggregate_snapshots.hpp"
#include "storage/memory/memory_event_log.hpp"
#include "tests/storage/log_fixture.hpp"

using namespace orrery;

namespace {

const LeaseRequested request{"vm/v", "c", "A40", 1, WhenFull::queue};

Origin caused_by(std::string actor, Position causation) {
  return {std::move(actor), causation, "request-1"};
}

/// A lease that somebody wanted, that placement granted, and that ends much later.
std::unique_ptr<MemoryEventLog> lease_story(std::size_t events_between = 0) {
  auto log = std::make_unique<MemoryEventLog>();
  commit(*log, {{"operation/o", 0, {OperationStarted{}}, {}, caused_by("account/ann", 0)}});
  commit(*log, {{"lease/l", 0, {request}, {}, caused_by("process/vm", 1)}});
  commit(*log, {{"gpu/n:0", 0, {GpuRegistered{"n", 0, "A40"}}, {}, {"operator", 0, "other"}}});
  commit(*log, {{"gpu/n:0", 1, {GpuClaimed{"l", 1}}, {}, caused_by("placement", 2)}});
  commit(*log, {{"lease/l", 1, {LeaseGranted{"n", {0}, 1}}, {}, caused_by("placement", 4)}});
  for (std::size_t i = 0; i < events_between; ++i)
    commit(*log, {{"node/x" + std::to_string(i), 0, {NodeRegistered{"c", "A40", 1}}}});
  const auto head = log->head();
  commit(*log, {{"lease/l", 2, {LeaseReleased{}}, {}, {"process/vm", 5, "request-1"}}});
  commit(*log, {{"gpu/n:0", 2, {GpuReleased{"l"}}, {}, {"placement", head + 1, "request-1"}}});
  return log;
}

CausalTree tree_of(const EventLog& log, WhyQuery query) {
  if (query.to == 0) query.to = log.head();
  return why(log, query).value();
}

std::vector<Position> positions(const CausalTree& tree) {
  std::vector<Position> all;
  for (const auto& [position, node] : tree.nodes) all.push_back(position);
  return all;
}

}  // namespace

TEST_CASE("a resource is what its stream says up to a position") {
  const auto log = lease_story();
  CHECK(resource_at(*log, "lease/l", 1).value().version == 0);
  const auto waiting = resource_at(*log, "lease/l", 4).value();
  CHECK(waiting.aggregate->phase() == "waiting");
  CHECK(waiting.version == 1);
  const auto granted = resource_at(*log, "lease/l", 5).value();
  CHECK(granted.aggregate->phase() == "granted");
  CHECK(granted.json().at("fields").at("grant").at("node_id").as_string() == "n");
  CHECK(granted.first_position == 2);
  const auto ended = resource_at(*log, "lease/l", log->head()).value();
  CHECK(ended.aggregate->phase() == "ended");
  CHECK(ended.aggregate->has_ended());
}

TEST_CASE("a history that no rules decided is damage, with its position") {
  MemoryEventLog log;
  commit(log, {{"vm/v", 0, {VmStarted{}}}});
  const auto unfit = resource_at(log, "vm/v", 1).error();
  CHECK(unfit.position == 1);
  CHECK(unfit.message == "vm.started of vm/v: it doesn't fit what came before");
  commit(log, {{"gpu/g", 0, {NodeLost{}}}, {"nobody/x", 0, {NodeLost{}}}});
  CHECK(resource_at(log, "gpu/g", 2).error().position == 2);
  CHECK(resource_at(log, "nobody/x", 3).error().message.find("no aggregate") != std::string::npos);
}

TEST_CASE("every aggregate is a kind, and the log's own streams are") {
  for (const auto kind : {"vm", "gpu", "lease", "wallet", "webhook", "quota", "log"})
    CHECK(fold_of_stream(std::string(kind) + "/x") != nullptr);
  CHECK(fold_of_stream("nothing/x") == nullptr);
  CHECK(std::is_sorted(stream_kinds().begin(), stream_kinds().end()));
}

TEST_CASE("only what has snapshots has a name for them") {
  CHECK(snapshot_name_of_stream("gpu/n:0").ends_with("/n:0"));
  CHECK(snapshot_name_of_stream("wallet/w") == "wallet/w");
  CHECK(snapshot_name_of_stream("vm/v").empty());
}

TEST_CASE("a folded log counts resources by kind and phase") {
  const auto log = lease_story();
  FoldedLog folded;
  for (const auto& event : read_all(*log)) CHECK_FALSE(folded.apply(event));
  const auto counts = folded.counts();
  CHECK(counts.at("lease").at("ended") == 1);
  CHECK(counts.at("gpu").at("registered") == 1);
  CHECK(folded.resources("gpu").size() == 1);
  CHECK(folded.find("gpu/n:0")->version == 3);
  CHECK(folded.find("gpu/n:1") == nullptr);
}

TEST_CASE("fields that differ are named by JSON pointers") {
  const auto changes =
      changed_fields(boost::json::parse(R"({"a":1,"b":{"x/y":[1,2]},"gone":true})"),
                     boost::json::parse(R"({"a":1,"b":{"x/y":[1,3,4]},"new":null,"n":2})"));
  std::vector<std::string> lines;
  for (const auto& change : changes)
    lines.push_back(change.path + " " + boost::json::serialize(change.before) + " " +
                    boost::json::serialize(change.after));
  CHECK(lines == std::vector<std::string>{"/b/x~1y/1 2 3", "/b/x~1y/2 null 4", "/gone true null",
                                          "/n null 2"});
}

TEST_CASE("a diff says what appeared, changed, went, and came and went") {
  const auto log = lease_story();
  const auto kinds = [&](Position from, Position to) {
    std::map<std::string, std::string> found;
    for (const auto& change : diff_history(*log, {from, to, {}}).value().changes)
      found[change.stream] = name_of(change.kind);
    return found;
  };
  CHECK(kinds(1, 3) ==
        std::map<std::string, std::string>{{"gpu/n:0", "appeared"}, {"lease/l", "appeared"}});
  CHECK(kinds(3, 5) ==
        std::map<std::string, std::string>{{"gpu/n:0", "changed"}, {"lease/l", "changed"}});
  CHECK(kinds(5, 6) == std::map<std::string, std::string>{{"lease/l", "went"}});
  CHECK(kinds(1, 6).at("lease/l") == "came_and_went");
  CHECK(kinds(6, 6).empty());
}

TEST_CASE("a diff can be of one resource or one kind, and names its fields") {
  const auto log = lease_story();
  const auto one = diff_history(*log, {3, 5, "gpu/n:0"}).value();
  REQUIRE(one.changes.size() == 1);
  const auto json = change_json(one.changes.front());
  CHECK(boost::json::serialize(json.at("fields")) ==
        R"([{"path":"/fence","before":0,"after":1},{"path":"/lease_id","before":"","after":"l"}])");
  CHECK(diff_history(*log, {0, 7, "gpu"}).value().changes.size() == 1);
  CHECK(diff_history(*log, {3, 5, "gpu/other"}).value().changes.empty());
  const auto counted = diff_history(*log, {0, 7, {}, 1}).value();
  CHECK(counted.changes.size() == 1);
  CHECK(counted.touched_count == 3);
}

TEST_CASE("why leads from a resource to the request behind it, and down to what it led to") {
  const auto log = lease_story();
  const auto tree = tree_of(*log, {"lease/l"});
  CHECK(positions(tree) == std::vector<Position>{1, 2, 4, 5, 6, 7});
  REQUIRE(tree.roots.size() == 1);
  CHECK(tree.roots[0].kind == CausalRoot::Kind::request);
  CHECK(tree.roots[0].actor == "account/ann");
  CHECK(tree.roots[0].correlation == "request-1");
  CHECK(tree.nodes.at(1).effects == std::vector<Position>{2});
  CHECK(tree.nodes.at(4).effects == std::vector<Position>{5});
  CHECK(tree.nodes.at(5).is_asked_about);
  CHECK_FALSE(tree.nodes.at(4).is_asked_about);
  CHECK(tree.effects_are_complete);
}

TEST_CASE("why finds late effects in the streams of the tree, and says where it hasn't looked") {
  const auto log = lease_story(100);
  const auto near = tree_of(*log, {"lease/l", 0, 0, 100, 30});
  CHECK(near.nodes.contains(log->head()));  // The GPU's stream is in the tree.
  CHECK_FALSE(near.effects_are_complete);
  const auto full = tree_of(*log, {"lease/l", 0, 0, 100, WhyQuery::everything});
  CHECK(positions(full) == positions(near));
  CHECK(full.effects_are_complete);
}

TEST_CASE("why can be asked of one event, and as of a moment") {
  const auto log = lease_story();
  CHECK(positions(tree_of(*log, {"", 4})) == std::vector<Position>{1, 2, 4, 5, 6, 7});
  CHECK(positions(tree_of(*log, {"lease/l", 0, 4})) == std::vector<Position>{1, 2, 4});
  CHECK(positions(tree_of(*log, {"", 7})) == std::vector<Position>{1, 2, 4, 5, 6, 7});
  const auto last = tree_of(*log, {"lease/l", 0, 0, 1});
  CHECK(last.event_count == 3);
  CHECK(last.nodes.at(6).is_asked_about);
  CHECK_FALSE(last.nodes.at(5).is_asked_about);
}

TEST_CASE("roots tell requests, the clock and unknown causes apart") {
  MemoryEventLog log;
  commit(log, {{"lease/a", 0, {request}, {}, {"account/ann", 0, "r"}},
               {"lease/b", 0, {request}, {}, {"process/billing", 0, ""}},
               {"lease/c", 0, {request}, {}, {"process/vm", 99, "r"}},
               {"lease/d", 0, {request}, {}, {"account/ann", 0, "r"}}});
  const auto kind = [&](const std::string& stream) {
    return tree_of(log, {stream}).roots.at(0).kind;
  };
  CHECK(kind("lease/a") == CausalRoot::Kind::request);
  CHECK(kind("lease/b") == CausalRoot::Kind::clock);
  CHECK(kind("lease/c") == CausalRoot::Kind::unknown);
}

TEST_CASE("the tree is drawn, and written as JSON") {
  const auto log = lease_story();
  const auto tree = tree_of(*log, {"lease/l"});
  CHECK(causal_text(tree) ==
        "request request-1 by account/ann at 1970-01-01T00:00:00.000000Z\n"
        "└─○ 1 operation/o  operation.started  00:00:00.000  by account/ann\n"
        "  └─● 2 lease/l  lease.requested  00:00:00.000  by process/vm\n"
        "    └─○ 4 gpu/n:0  gpu.claimed  00:00:00.000  by placement\n"
        "      └─● 5 lease/l  lease.granted  00:00:00.000  by placement\n"
        "        └─● 6 lease/l  lease.released  00:00:00.000  by process/vm\n"
        "          └─○ 7 gpu/n:0  gpu.released  00:00:00.000  by placement\n");
  const auto json = causal_json(tree, 7);
  const auto& first = json.at("roots").at(0).at("events").at(0);
  CHECK(first.at("type").as_string() == "operation.started");
  CHECK(first.at("led_to").at(0).at("asked").as_bool());
}
