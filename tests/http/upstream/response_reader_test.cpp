#include "http/upstream/response_reader.hpp"

#include <fmt/format.h>
#include <rapidcheck.h>
#include <catch2/catch.hpp>

using namespace orrery;
using State = ResponseReader::State;

namespace {

const UpstreamLimits limits;

/// What a reader makes of these bytes, given in pieces of this size.
struct Read {
  explicit Read(std::string_view bytes, std::size_t piece_size = 1'000'000) : reader(limits) {
    for (std::size_t at = 0; at < bytes.size(); at += piece_size)
      reader.put(bytes.substr(at, piece_size));
  }
  ResponseReader reader;
};

constexpr std::string_view head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

UpstreamProblem problem_of(std::string_view bytes) {
  Read read(bytes);
  INFO(bytes.substr(0, 200));
  REQUIRE(read.reader.state() == State::broken);
  return read.reader.fault().problem;
}

}  // namespace

TEST_CASE("an answer is understood however it is cut") {
  const auto length = fmt::format("{}Content-Length: 4\r\n\r\nbody", head);
  const auto chunks = fmt::format(
      "{}Transfer-Encoding: chunked\r\n\r\n1;x=y\r\nb\r\n3\r\nody\r\n0\r\nT: 1\r\n\r\n", head);
  const auto interim = fmt::format("HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n{}", length);
  for (const auto& bytes : {length, chunks, interim})
    for (std::size_t size = 1; size <= bytes.size(); ++size) {
      Read read(bytes, size);
      INFO(bytes << " in pieces of " << size);
      REQUIRE(read.reader.state() == State::complete);
      REQUIRE(read.reader.status() == 200);
      REQUIRE(read.reader.body() == "body");
      REQUIRE(read.reader.content_type() == "application/json");
      REQUIRE(read.reader.is_reusable());
    }
}

TEST_CASE("an answer without a length ends with its connection") {
  Read read(fmt::format("{}\r\nbody", head));
  CHECK(read.reader.state() == State::body);
  CHECK(read.reader.put_end() == State::complete);
  CHECK(read.reader.body() == "body");
  CHECK_FALSE(read.reader.is_reusable());
}

TEST_CASE("an answer that is cut off is broken") {
  for (const auto* bytes :
       {"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbo",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbo"}) {
    Read read(bytes);
    INFO(bytes);
    CHECK(read.reader.put_end() == State::broken);
    CHECK(read.reader.fault().problem == UpstreamProblem::connection_broken);
  }
}

TEST_CASE("a connection is used again only where nothing is left on it") {
  const auto answer = fmt::format("{}Content-Length: 2\r\n\r\n{{}}", head);
  CHECK(Read(answer).reader.is_reusable());
  CHECK_FALSE(Read(answer + "HTTP/1.1 200 OK\r\n").reader.is_reusable());
  CHECK_FALSE(Read(fmt::format("{}Connection: close\r\nContent-Length: 2\r\n\r\n{{}}", head))
                  .reader.is_reusable());
  CHECK_FALSE(Read("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}").reader.is_reusable());
}

TEST_CASE("only known types of content come back") {
  const auto type_of = [](std::string_view type) {
    return std::string(
        Read(fmt::format("HTTP/1.1 200 OK\r\nContent-Type: {}\r\nContent-Length: 0\r\n\r\n", type))
            .reader.content_type());
  };
  CHECK(type_of("Application/JSON ; charset=utf-8") == "application/json");
  CHECK(type_of("text/event-stream") == "text/event-stream");
  CHECK(type_of("text/plain") == "text/plain");
  CHECK(type_of("text/html").empty());
  CHECK(type_of("application/json-seq").empty());
  CHECK(type_of("").empty());
}

TEST_CASE("what is no answer is refused") {
  CHECK(problem_of("SSH-2.0-OpenSSH_9.2\r\n\r\n") == UpstreamProblem::malformed);
  CHECK(problem_of("HTTP/1.1 2000 OK\r\n\r\n") == UpstreamProblem::malformed);
  CHECK(problem_of("HTTP/1.1 101 Switching Protocols\r\n\r\n") == UpstreamProblem::malformed);
  CHECK(problem_of("HTTP/1.1 999 What\r\n\r\n") == UpstreamProblem::malformed);
  CHECK(problem_of("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n") == UpstreamProblem::malformed);
  CHECK(problem_of("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx") ==
        UpstreamProblem::malformed);
  CHECK(problem_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n") ==
        UpstreamProblem::malformed);
  CHECK(problem_of("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx") ==
        UpstreamProblem::malformed);
  std::string interim;
  for (int i = 0; i < 10; ++i) interim += "HTTP/1.1 103 Early Hints\r\n\r\n";
  CHECK(problem_of(interim) == UpstreamProblem::malformed);
}

TEST_CASE("what is too large is refused before it has all come") {
  const std::string filler(limits.head_bytes_max, 'x');
  CHECK(problem_of("HTTP/1.1 200 OK\r\nX: " + filler + "\r\n\r\n") == UpstreamProblem::too_large);
  CHECK(problem_of("HTTP/1.1 200 OK\r\nX: " + filler) == UpstreamProblem::too_large);
  CHECK(problem_of(fmt::format("{}Content-Length: {}\r\n\r\n", head, limits.body_bytes_max + 1)) ==
        UpstreamProblem::too_large);
  const std::string body(limits.body_bytes_max + 1, 'x');
  CHECK(problem_of(fmt::format("{}\r\n{}", head, body)) == UpstreamProblem::too_large);
  // Nothing but the size of a chunk, for ever.
  const std::string zeros(2 * limits.head_bytes_max, '0');
  Read read(fmt::format("{}Transfer-Encoding: chunked\r\n\r\n{}", head, zeros));
  CHECK(read.reader.state() == State::broken);
}

TEST_CASE("an answer that is nearly all framing is refused") {
  const auto endless = [](std::string_view type, std::string_view chunk) {
    Read read(fmt::format(
        "HTTP/1.1 200 OK\r\nContent-Type: {}\r\nTransfer-Encoding: chunked\r\n\r\n", type));
    std::size_t size = 0;
    while (read.reader.state() == State::body && size < 1024 * 1024) {
      read.reader.put(chunk);
      size += chunk.size();
    }
    return read.reader.state() == State::body;
  };
  const auto extended = fmt::format("1;{}\r\n \r\n", std::string(1000, 'x'));
  for (const auto* type : {"application/json", "text/event-stream"}) {
    CHECK_FALSE(endless(type, extended));
    CHECK(endless(type, "1\r\n \r\n"));
  }
}

TEST_CASE("a stream of events has no largest size") {
  Read read("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
  REQUIRE(read.reader.is_event_stream());
  const std::string piece(64 * 1024, 'x');
  for (std::size_t size = 0; size <= limits.body_bytes_max; size += piece.size()) {
    REQUIRE(read.reader.put(piece) == State::body);
    REQUIRE(read.reader.body() == piece);
    read.reader.body().clear();
  }
  // A refusal isn't one, whatever it says.
  CHECK_FALSE(Read("HTTP/1.1 400 Bad Request\r\nContent-Type: text/event-stream\r\n\r\n")
                  .reader.is_event_stream());
}

TEST_CASE("what is made of bytes doesn't depend on how they are cut, however wrong they are") {
  rc::check([] {
    auto bytes = *rc::gen::element(
        fmt::format("{}Content-Length: 4\r\n\r\nbody", head),
        fmt::format("{}Transfer-Encoding: chunked\r\n\r\n1;x=y\r\nb\r\n3\r\nody\r\n0\r\n\r\n",
                    head),
        fmt::format("HTTP/1.1 100 Continue\r\n\r\n{}Connection: close\r\n\r\nbody", head));
    const auto change_count = *rc::gen::inRange(0, 4);
    for (int i = 0; i < change_count; ++i) {
      const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
      const auto byte = *rc::gen::element('\0', '\r', '\n', ' ', ':', '0', 'f', ';', 'H', '\xff');
      *rc::gen::arbitrary<bool>() ? bytes.replace(at, 1, 1, byte) : bytes.insert(at, 1, byte);
    }
    const auto size = *rc::gen::inRange<std::size_t>(1, bytes.size());
    Read whole(bytes), cut(bytes, size);
    whole.reader.put_end();
    cut.reader.put_end();
    RC_ASSERT(whole.reader.state() == cut.reader.state());
    if (whole.reader.state() != State::complete) return;
    RC_ASSERT(whole.reader.status() == cut.reader.status());
    RC_ASSERT(whole.reader.body() == cut.reader.body());
    RC_ASSERT(whole.reader.is_reusable() == cut.reader.is_reusable());
  });
}
