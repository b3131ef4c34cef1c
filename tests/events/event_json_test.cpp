#include "events/event_json.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

using namespace orrery;

TEST_CASE("an event as JSON names its envelope and its members") {
  const RecordedEvent recorded{7,
                               "lease/a",
                               3,
                               Time(std::chrono::microseconds(1'700'000'000'000'001)),
                               {"process/vm", 5, "request-1"},
                               LeaseGranted{"node-7", {0, 3}, 42}};
  CHECK(boost::json::serialize(to_json(recorded)) ==
        R"({"position":7,"stream":"lease/a","version":3,"type":"lease.granted","type_version":1,)"
        R"("time":"2023-11-14T22:13:20.000001Z","actor":"process/vm","causation":5,)"
        R"("correlation":"request-1","data":{"node_id":"node-7","gpu_indices":[0,3],"fence":42}})");
}

TEST_CASE("what an event has not is left out of its envelope") {
  const auto json =
      to_json(RecordedEvent{1, "node/a", 1, Time{}, {"edge", 0, ""}, NodeBecameReady{}});
  CHECK(!json.contains("causation"));
  CHECK(!json.contains("correlation"));
  CHECK(json.at("time") == "1970-01-01T00:00:00.000000Z");
  CHECK(json.at("data").as_object().empty());
}

TEST_CASE("enums are named, and a variant names its alternative") {
  CHECK(payload_json(ClusterDeclared{"us-east1-a", WhenFull::queue, PlacementStrategy::spread}) ==
        boost::json::parse(R"({"location":"us-east1-a","when_full":"queue","strategy":"spread"})"));
  const auto started = payload_json(OperationStarted{"p", "v", DeleteVm{}});
  CHECK(started.at("goal") == boost::json::parse(R"({"delete_vm":{}})"));
  const auto create = payload_json(OperationStarted{"p", "v", CreateVm{}});
  CHECK(create.at("goal").at("create_vm").at("specification").at("gpu_count") == 0);
}

TEST_CASE("bytes that aren't UTF-8 are hexadecimal") {
  const auto reason = [](std::string text) {
    return payload_json(NodeLost{std::move(text)}).at("reason");
  };
  CHECK(reason("Grüße, 東京 🙂") == "Grüße, 東京 🙂");
  CHECK(reason("\xff\x00\x10") == "hex:ff");  // The literal ends at its zero.
  CHECK(reason(std::string("\xc3\x28", 2)) == "hex:c328");
  CHECK(reason("\xc0\xaf") == "hex:c0af");              // Overlong.
  CHECK(reason("\xed\xa0\x80") == "hex:eda080");        // A surrogate.
  CHECK(reason("\xf4\x90\x80\x80") == "hex:f4908080");  // Beyond Unicode.
  CHECK(reason("caf\xc3") == "hex:636166c3");           // Cut short.
}
