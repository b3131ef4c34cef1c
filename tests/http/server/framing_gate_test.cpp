#include <catch2/catch.hpp>

#include "http/server/framing_gate.hpp"

using namespace orrery;

TEST_CASE("a control byte is found wherever it stands, and nothing else is") {
  for (std::size_t size = 1; size < 40; ++size)
    for (std::size_t at = 0; at < size; ++at)
      for (int byte = 0; byte < 256; ++byte) {
        std::string head(size, 'a');
        head[at] = static_cast<char>(byte);
        const bool control = (byte < 0x20 && byte != '\t' && byte != '\n') || byte == 0x7f;
        if (has_control_bytes(head) != control) FAIL("byte " << byte << " at " << at);
      }
  CHECK_FALSE(has_control_bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  CHECK(has_control_bytes("GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n"));
}

TEST_CASE("the end of a head is found from wherever the search goes on") {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\nbody\r\n\r\n";
  for (std::size_t first = 0; first <= head.size(); ++first) {
    std::size_t scanned = 0, lines = 0;
    find_head_end(std::string_view(head).substr(0, first), scanned, lines);
    if (first >= 27) continue;  // It was found already.
    const auto end = find_head_end(head, scanned, lines);
    CHECK(end.kind == HeadEnd::Kind::complete);
    CHECK(end.size == 27);
    CHECK(end.line_count == 2);
  }
}
