#include <catch2/catch.hpp>

#include <boost/json/parse.hpp>

#include "tests/http/native/native_fixture.hpp"
#include "tests/http/openapi/openapi_document.hpp"

using namespace orrery;

namespace {

/// Positions on the page that the query gets.
std::vector<Position> page(const NativeFixture& native, std::string_view query) {
  RawClient client(native.server.port());
  const auto answer = client.ask(get_events(query));
  INFO(query << "\n" << answer.body);
  REQUIRE(answer.status == 200);
  std::vector<Position> positions;
  const auto json = boost::json::parse(answer.body);
  for (const auto& event : json.at("items").as_array())
    positions.push_back(event.at("position").to_number<Position>());
  return positions;
}

std::string fault(const NativeFixture& native, std::string_view query) {
  RawClient client(native.server.port());
  const auto answer = client.ask(get_events(query));
  CHECK(answer.status == 400);
  return boost::json::parse(answer.body).at("code").as_string().c_str();
}

using Positions = std::vector<Position>;

}  // namespace

TEST_CASE("a page can be of several streams, kinds, types and tenants, all at once") {
  NativeFixture native;
  for (const auto* stream : {"node/1", "node/2", "project/p", "wallet/w", "project/q", "node/1"})
    native.append(stream);
  CHECK(page(native, "") == Positions{1, 2, 3, 4, 5, 6});
  CHECK(page(native, "?stream=node/1") == Positions{1, 6});
  CHECK(page(native, "?stream=node/1&stream=wallet/w") == Positions{1, 4, 6});
  CHECK(page(native, "?stream=node/") == Positions{1, 2, 6});
  CHECK(page(native, "?stream=nod/").empty());
  CHECK(page(native, "?type=node.&limit=2") == Positions{1, 2});
  CHECK(page(native, "?type=node.cordoned&type=vm.started&from=5") == Positions{5, 6});
  CHECK(page(native, "?type=vm.").empty());
  CHECK(page(native, "?tenant=p") == Positions{3});
  CHECK(page(native, "?tenant=project/p&tenant=namespace/w") == Positions{3, 4});
  CHECK(page(native, "?tenant=client/p").empty());
  CHECK(page(native, "?tenant=q&stream=project/&type=node.") == Positions{5});
  CHECK(page(native, "?tenant=q&stream=node/").empty());
}

TEST_CASE("a filter that can't be names its parameter") {
  NativeFixture native;
  CHECK(fault(native, "?stream=node") == "invalid_stream");
  CHECK(fault(native, "?type=node") == "invalid_type");
  CHECK(fault(native, "?type=vm.started&type=vm.flew") == "invalid_type");
  CHECK(fault(native, "?tenant=" + std::string(201, 'x')) == "invalid_tenant");
  std::string many = "?stream=a/b";
  for (int i = 0; i < 100; ++i) many += "&stream=a/b";
  CHECK(fault(native, many) == "invalid_stream");
}

TEST_CASE("a page can be a list of CloudEvents, with where to go on in a header") {
  NativeFixture native;
  for (int i = 0; i < 3; ++i) native.append();
  RawClient client(native.server.port());
  const auto answer =
      client.ask(get_events("?limit=2", "Accept: application/cloudevents-batch+json\r\n"));
  CHECK(answer.status == 200);
  CHECK(answer.header("Content-Type") == "application/cloudevents-batch+json");
  CHECK(answer.header("Orrery-Next") == "3");
  const auto list = boost::json::parse(answer.body);
  REQUIRE(list.as_array().size() == 2);
  CHECK(list.at(1).at("id").as_string() == "2");
  CHECK(list.at(1).at("source").as_string() == "/orrery/v1/events");
  CHECK(OpenApiDocument("http/native/openapi.json")
            .problem_with("GET /orrery/v1/events", answer.status, answer.header("Content-Type"),
                          answer.body) == "");
}

TEST_CASE("a batch is encoded once, however many read it") {
  NativeFixture native;
  const EncodedBatch batch(std::make_shared<const std::vector<RecordedEvent>>(1, native.commit()));
  CHECK(batch.text(0).data() == batch.text(0).data());
  CHECK(batch.text(0).starts_with("id: 1\nevent: node.cordoned\ndata: {"));
}

TEST_CASE("readers that are far behind share blocks, and read what is in no block by themselves") {
  NativeFixture native;
  constexpr Position count = EncodedHistory::block_event_count;
  for (Position i = 0; i < count + 10; ++i) native.append();
  EncodedHistory history(native.log);
  const auto block = history.block_with(7, count + 10);
  REQUIRE(block);
  CHECK(block->first() == 1);
  CHECK(block->last() == count);
  CHECK(history.block_with(count, count + 10) == block);
  CHECK_FALSE(history.block_with(count + 1, count + 10));
  CHECK_FALSE(history.block_with(1, count - 1));
}
