#include "http/gpushare/completion_events.hpp"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <catch2/catch.hpp>

using namespace orrery;
using gpushare::CompletionEvents;
using State = CompletionEvents::State;

namespace {

struct Reader {
  std::vector<std::string> pieces;
  CompletionEvents events{[this](std::string_view piece) {
    pieces.emplace_back(piece);
    return true;
  }};
};

std::string chat(std::string_view content) {
  return fmt::format("data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{}\"}}}}]}}\n\n",
                     content);
}

constexpr std::string_view stop =
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],"
    "\"usage\":{\"completion_tokens\":7}}\n\n";
constexpr std::string_view done = "data: [DONE]\n\n";

const std::string whole_chat =
    ": ping\r\n\r\ndata: "
    "{\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n" +
    chat("Hel") + chat("lo \\u00e4\\ud83d\\ude00") + std::string(stop) + std::string(done);

}  // namespace

TEST_CASE("a chat's events give its pieces, its count of tokens and its end") {
  Reader reader;
  CHECK(reader.events.put(whole_chat) == State::complete);
  CHECK(reader.pieces == std::vector<std::string>{"Hel", "lo ä😀"});
  CHECK(reader.events.token_count() == 7);
}

TEST_CASE("events may be cut at every byte") {
  for (std::size_t cut = 1; cut < whole_chat.size(); ++cut) {
    Reader reader;
    reader.events.put(std::string_view(whole_chat).substr(0, cut));
    reader.events.put(std::string_view(whole_chat).substr(cut));
    INFO(cut);
    CHECK(reader.events.state() == State::complete);
    CHECK(reader.pieces == std::vector<std::string>{"Hel", "lo ä😀"});
  }
  Reader reader;
  for (const char byte : whole_chat) reader.events.put({&byte, 1});
  CHECK(reader.pieces.size() == 2);
}

TEST_CASE("lines may end with either or both line ends") {
  for (const auto* end : {"\n", "\r", "\r\n"}) {
    Reader reader;
    reader.events.put(
        fmt::format(R"(data: {{"choices":[{{"text":"a"}}]}}{0}{0}data:[DONE]{0}{0})", end));
    CHECK(reader.pieces == std::vector<std::string>{"a"});
    CHECK(reader.events.state() == State::complete);
  }
}

TEST_CASE("a plain completion's events give its pieces") {
  Reader reader;
  reader.events.put("event: x\nid: 7\ndata: {\"choices\":[{\"text\":\"one \"}]}\n\n");
  reader.events.put("data: {\"choices\":[{\"text\":\"two\",\"finish_reason\":\"length\"}]}\n\n");
  CHECK(reader.events.state() == State::open);
  CHECK(reader.events.put_end() == State::complete);
  CHECK(reader.pieces == std::vector<std::string>{"one ", "two"});
}

TEST_CASE("data on several lines is one event") {
  Reader reader;
  reader.events.put("data: {\"choices\":\ndata: [{\"text\":\"a\"}]}\n\n");
  CHECK(reader.pieces == std::vector<std::string>{"a"});
}

TEST_CASE("a stream that ends before the model has stopped is broken") {
  Reader reader;
  reader.events.put(chat("Hel"));
  CHECK(reader.events.put_end() == State::broken);
  Reader silent;
  CHECK(silent.events.put_end() == State::broken);
}

TEST_CASE("a last event without its empty line counts") {
  Reader reader;
  reader.events.put(chat("Hi"));
  reader.events.put("data: [DONE]");
  CHECK(reader.events.put_end() == State::complete);
}

TEST_CASE("what is no such stream breaks it") {
  const std::string deep(100, '[');
  for (const auto& hostile :
       {std::string("data: nonsense\n\n"), std::string("data: [1]\n\n"), "data: " + deep + "\n\n",
        std::string("data: {\"error\":{\"message\":\"out of memory\"}}\n\n"),
        std::string("data: {\"choices\":[{\"text\":\"\xff\xfe\"}]}\n\n"),
        std::string("data: {\"choices\":[{\"text\":\"\\ud800\"}]}\n\n"),
        std::string(CompletionEvents::event_bytes_max + 1, 'x')}) {
    Reader reader;
    INFO(hostile.substr(0, 60));
    CHECK(reader.events.put(hostile) == State::broken);
    CHECK(reader.pieces.empty());
    CHECK(reader.events.put(done) == State::broken);
  }
}

TEST_CASE("an event that grows over many lines is limited too") {
  Reader reader;
  const auto line = "data: " + std::string(1000, ' ') + "\n";
  for (std::size_t i = 0; i < CompletionEvents::event_bytes_max / 1000 + 1; ++i)
    reader.events.put(line);
  CHECK(reader.events.state() == State::broken);
}

TEST_CASE("odd things in an event spoil nothing but themselves") {
  for (const auto* odd :
       {"{}", R"({"choices":[]})", R"({"choices":7})", R"({"choices":[7]})",
        R"({"choices":[{"delta":{"content":7}}]})", R"({"error":null})",
        R"({"choices":[{"delta":null,"text":null}]})", R"({"usage":{"completion_tokens":-3}})"}) {
    Reader reader;
    INFO(odd);
    CHECK(reader.events.put(fmt::format("data: {}\n\n", odd)) == State::open);
    CHECK(reader.pieces.empty());
    CHECK(reader.events.token_count() == 0);
  }
}

TEST_CASE("nothing more is read once nobody wants a piece") {
  unsigned count = 0;
  CompletionEvents events([&](std::string_view) { return ++count < 2; });
  CHECK(events.put(chat("a") + chat("b") + chat("c")) == State::complete);
  CHECK(count == 2);
}
