#include "http/gpushare/inference_run.hpp"

#include <thread>

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "http/gpushare/answer_lines.hpp"

using namespace orrery;
using gpushare::AnswerLines;
using gpushare::InferenceEnd;
using gpushare::InferenceRun;
using Next = ResponseStream::Next;

namespace {

const InferenceEnd answered{"17", "", ""};

}  // namespace

TEST_CASE("an answer is read piece by piece as it came, at the reader's pace") {
  const auto run = std::make_shared<InferenceRun>();
  const auto lines = AnswerLines::of(run);
  std::string out;
  CHECK(lines->pull(out) == Next::wait);
  REQUIRE(run->append("Hel"));
  REQUIRE(run->append("lo \"you\"\n"));
  CHECK(lines->pull(out) == Next::more);
  CHECK(lines->pull(out) == Next::wait);
  run->finish(answered);
  CHECK(lines->pull(out) == Next::end);
  CHECK(out ==
        "{\"token\":\"Hel\"}\n{\"token\":\"lo \\\"you\\\"\\n\"}\n{\"done\":true,\"id\":17}\n");
  CHECK(run->text() == "Hello \"you\"\n");
  CHECK(run->piece_count() == 2);
}

TEST_CASE("the end comes behind everything that is to be read, with what went wrong") {
  const auto run = std::make_shared<InferenceRun>();
  const auto lines = AnswerLines::of(run);
  const std::string piece(10'000, 'x');
  for (int i = 0; i < 10; ++i) REQUIRE(run->append(piece));
  run->finish({"17", "node_failed", "The model server broke off."});
  std::string out;
  unsigned pulls = 0;
  while (lines->pull(out) == Next::more) ++pulls;
  CHECK(pulls == 4);  // Some 16 KiB of text each.
  const auto last = out.substr(out.rfind('\n', out.size() - 2) + 1);
  CHECK(last == "{\"done\":true,\"id\":17,\"error\":\"The model server broke off.\"}\n");
}

TEST_CASE("a run is told once that its reader has gone before the end") {
  unsigned gone_count = 0;
  const auto run = std::make_shared<InferenceRun>();
  run->on_reader_gone([&] { ++gone_count; });
  AnswerLines::of(run).reset();
  CHECK(gone_count == 1);
  run->leave();
  CHECK(gone_count == 1);

  const auto finished = std::make_shared<InferenceRun>();
  finished->on_reader_gone([&] { ++gone_count; });
  const auto lines = AnswerLines::of(finished);
  finished->finish(answered);
  lines->attach({});
  finished->leave();
  CHECK(gone_count == 1);
}

TEST_CASE("a run has a limit in bytes and in pieces") {
  InferenceRun run;
  CHECK(run.append(std::string(InferenceRun::text_bytes_max, 'x')));
  CHECK_FALSE(run.append("y"));
  CHECK(run.text().size() == InferenceRun::text_bytes_max);

  InferenceRun drip;
  for (std::size_t i = 0; i < InferenceRun::piece_count_max; ++i) REQUIRE(drip.append("x"));
  CHECK_FALSE(drip.append("x"));
}

TEST_CASE("another node begins the answer again") {
  InferenceRun run;
  REQUIRE(run.append("first"));
  run.restart();
  REQUIRE(run.append("second"));
  CHECK(run.text() == "second");
  CHECK(run.piece_count() == 1);
}

TEST_CASE("nothing is appended behind the end, and the first end counts") {
  InferenceRun run;
  run.finish(answered);
  run.finish({"17", "cancelled", "Nobody waited for the answer."});
  CHECK_FALSE(run.append("late"));
  InferenceRun::Cursor cursor;
  const auto end = run.read(cursor, 100, [](std::string_view) {});
  REQUIRE(end);
  CHECK(end->is_answered());
}

TEST_CASE("a reader on another thread gets every piece once and in order") {
  const auto run = std::make_shared<InferenceRun>();
  const auto lines = AnswerLines::of(run);
  constexpr int piece_count = 20'000;
  std::thread feeder([&] {
    for (int i = 0; i < piece_count; ++i) {
      run->append(std::to_string(i) + " ");
      run->wake();
    }
    run->finish(answered);
  });
  std::string out;
  while (lines->pull(out) != Next::end) std::this_thread::yield();
  feeder.join();
  int next = 0;
  std::size_t at = 0;
  for (std::size_t end; (end = out.find('\n', at)) != std::string::npos; at = end + 1) {
    const auto line = boost::json::parse(out.substr(at, end - at)).as_object();
    if (line.contains("done")) break;
    if (line.at("token").as_string() != std::to_string(next) + " ") FAIL("lost or doubled");
    ++next;
  }
  CHECK(next == piece_count);
}
