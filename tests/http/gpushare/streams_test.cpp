#include <thread>

#include <catch2/catch.hpp>

#include "tests/http/gpushare/asking_fixture.hpp"
#include "tests/http/upstream/scripted_upstream.hpp"

using namespace orrery;

namespace {

constexpr int stream_count = 200;
constexpr int piece_count = 40;

/// What the node says to the question "q17": "q17:0 ", "q17:1 " …
std::string piece_of(std::string_view question, int index) {
  return fmt::format("{}:{} ", question, index);
}

std::string question_in(std::string_view request) {
  constexpr std::string_view before = R"("content":")";
  const auto begin = request.find(before) + before.size();
  return std::string(request.substr(begin, request.find('"', begin) - begin));
}

void write_answer(ScriptedConnection& connection, const std::string& question) {
  std::string bytes(event_stream_head);
  for (int i = 0; i < piece_count; ++i) {
    bytes += fmt::format("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{}\"}}}}]}}\n\n",
                         piece_of(question, i));
    // In uneven parts, so that events are cut and run together.
    if (i % 7 == 3) bytes.erase(0, connection.send(bytes.substr(0, 50)) ? 50 : 0);
    std::this_thread::yield();
  }
  connection.send(bytes + "data: [DONE]\n\n");
}

/// Whether the lines are this question's pieces, each once and in order, and then a good end.
bool is_whole(LineStream& lines, std::string_view question) {
  for (int i = 0; i < piece_count; ++i) {
    const auto line = lines.next();
    if (!line || !line->contains("token")) return false;
    if (line->at("token").as_string() != piece_of(question, i)) return false;
  }
  const auto last = lines.next();
  return last && last->contains("done") && !last->contains("error") && !lines.next();
}

}  // namespace

TEST_CASE("200 streams at once lose no piece and double none") {
  const ScriptedUpstream server([](ScriptedConnection& connection) {
    const auto request = connection.request();
    if (request.starts_with("POST"))
      write_answer(connection, question_in(request));
    else if (!request.empty())
      connection.send(plain_answer(R"({"data":[]})"));
  });
  AskingServer asking;
  asking.add_node("tiny",
                  fmt::format(R"(,"endpoint":"http://127.0.0.1:{}")", server.target().port));
  std::vector<std::thread> readers;
  std::atomic<int> whole_count{0};
  for (int i = 0; i < stream_count; ++i)
    readers.emplace_back([&, question = fmt::format("q{}", i)] {
      const auto lines = asking.stream(asking.question_body(question));
      if (lines->head().status == 201 && is_whole(*lines, question)) ++whole_count;
    });
  for (auto& reader : readers) reader.join();
  CHECK(whole_count == stream_count);
  CHECK(asking.dispatcher->figures().answered_count == stream_count);
  wait_until("nothing is under way",
             [&] { return asking.dispatcher->figures().running_count == 0; });
  for (const auto& row : asking.server.inferences.list()) {
    CHECK(row->status == InferenceStatus::answered);
    CHECK(row->use.token_count == piece_count);
  }
}
