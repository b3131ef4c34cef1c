#include <limits>

#include <catch2/catch.hpp>

#include "http/gpushare/python_text.hpp"

using namespace orrery::gpushare;

TEST_CASE("text is stripped, counted and told apart as Python does it") {
  CHECK(stripped("\t a b \r\n") == "a b");
  CHECK(stripped("\u00a0\u3000\u2003x\u2028") == "x");
  CHECK(stripped(" \u00a0 ") == "");
  CHECK(stripped("\u200bx") == "\u200bx");
  CHECK(character_count("") == 0);
  CHECK(character_count("aä€😀") == 4);
  CHECK(is_word("Jürgen_42", ""));
  CHECK(is_word("имя名前", ""));
  CHECK(is_word("a.b@c+d-e", ".@+-"));
  CHECK_FALSE(is_word("a b", ".@+-"));
  CHECK_FALSE(is_word("a\u200b", ""));
  CHECK_FALSE(is_word("😀", ""));
}

TEST_CASE("numbers are read and written as Python does it") {
  CHECK(integer_of(" -42\n") == -42);
  CHECK(integer_of("1_000") == 1000);
  CHECK(integer_of("007") == 7);
  CHECK(integer_of("99999999999999999999") == std::numeric_limits<std::int64_t>::max());
  CHECK(integer_of("-99999999999999999999") == std::numeric_limits<std::int64_t>::min());
  for (const auto text : {"", "+", "1.0", "0x1", "1 2", "--1", "_1", "1__2"})
    CHECK_FALSE(integer_of(text));
  CHECK(float_text(0.1) == "0.1");
  CHECK(float_text(16) == "16.0");
  CHECK(float_text(1e22) == "1e+22");
}
