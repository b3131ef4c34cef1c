#include "cli/log_reports.hpp"

#include <fstream>
#include <sstream>

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "cli/data_directory.hpp"
#include "cli/exit_codes.hpp"
#include "cli/feed_client.hpp"
#include "storage/memory/memory_event_log.hpp"
#include "tests/storage/log_fixture.hpp"

using namespace orrery;

namespace {

struct Printed {
  std::ostringstream out;
  std::ostringstream err;
};

std::unique_ptr<MemoryEventLog> small_log() {
  auto log = std::make_unique<MemoryEventLog>();
  commit(*log,
         {{"node/a", 0, {NodeBecameReady{}, NodeLost{"power"}}}, {"node/b", 0, {NodeLost{}}}});
  commit(*log, {{"node/a", 2, {NodeBecameReady{}}}});
  return log;
}

}  // namespace

TEST_CASE("verify counts what it has read and names the chain") {
  const auto log = small_log();
  Printed printed;
  CHECK(verify_log(*log, printed.out, printed.err) == exit_success);
  CHECK(printed.out.str().starts_with("ok: 4 events in 2 commits and 2 streams, chain "));
}

TEST_CASE("verify reports a payload that doesn't decode") {
  MemoryEventLog log;
  Append append{"node/a", 0, {}, {}, {}};
  append.events.push_back({0x0203, 99, "payload"});
  log.commit({&append, 1}, Time{});
  Printed printed;
  CHECK(verify_log(log, printed.out, printed.err) == exit_log_damaged);
  CHECK(printed.err.str().find("position 1: node/a: event 0x0203 in version 99 is unknown") !=
        std::string::npos);
}

TEST_CASE("show prints one stream, and helps where there is none") {
  const auto log = small_log();
  Printed printed;
  CHECK(show_stream(*log, "node/a", EventForm::line, printed.out, printed.err) == exit_success);
  CHECK(printed.out.str().find("node/a v2  node.lost  by test  {\"reason\":\"power\"}") !=
        std::string::npos);
  CHECK(show_stream(*log, "node/x", EventForm::line, printed.out, printed.err) == exit_failure);
  CHECK(printed.err.str().find("KIND/ID") != std::string::npos);
}

TEST_CASE("stat counts events by type") {
  const auto log = small_log();
  Printed printed;
  CHECK(print_statistics(*log, printed.out, printed.err) == exit_success);
  CHECK(printed.out.str().find("commits  2\n") != std::string::npos);
  CHECK(printed.out.str().find("        2  node.lost\n") != std::string::npos);
}

TEST_CASE("export writes a JSON object a line, all or nothing") {
  const auto log = small_log();
  const TemporaryDirectory directory;
  Printed printed;
  const auto file = directory.path / "events.jsonl";
  CHECK(export_log(*log, file, printed.out, printed.err) == exit_success);
  std::ifstream lines(file);
  std::string line;
  Position position = 0;
  while (std::getline(lines, line))
    CHECK(boost::json::parse(line).at("position").to_number<Position>() == ++position);
  CHECK(position == 4);
  CHECK(export_log(*log, directory.path / "absent" / "x", printed.out, printed.err) ==
        exit_failure);
}

TEST_CASE("a log that isn't there is named") {
  const TemporaryDirectory directory;
  const auto log = open_log_for_reading(directory.path);
  REQUIRE(log.has_error());
  CHECK(log.error().message.find(log_directory(directory.path).string()) != std::string::npos);
}

TEST_CASE("server-sent events come apart however their bytes arrive") {
  const std::string text =
      ": hello\n\nid: 1\nevent: node.lost\ndata: {\"a\":1}\n\r\nid: 2\ndata:one\ndata: two\n\n";
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}, text.size()}) {
    ServerSentEvents events;
    std::vector<std::string> taken;
    for (std::size_t at = 0; at < text.size(); at += step)
      events.feed(std::string_view(text).substr(at, step),
                  [&](std::string_view data) { taken.emplace_back(data); });
    CHECK(taken == std::vector<std::string>{"{\"a\":1}", "one\ntwo"});
  }
}

TEST_CASE("following without a server says what to do") {
  const auto followed = follow_feed({"http://127.0.0.1:1", "token"}, 1, [](std::string_view) {});
  REQUIRE(followed.has_error());
  CHECK(followed.error().message.find("no server answers at http://127.0.0.1:1") !=
        std::string::npos);
  CHECK(follow_feed({"ftp://x", ""}, 1, [](std::string_view) {}).has_error());
}
