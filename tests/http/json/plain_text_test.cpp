#include "http/json/plain_text.hpp"

#include <catch2/catch.hpp>

using namespace orrery;
using namespace std::string_view_literals;

TEST_CASE("text for people is visible and has no control characters") {
  for (const auto good : {"ci"sv, "a b"sv, "北京一区"sv, "é"sv, "-"sv}) CHECK(is_plain_text(good));
  for (const auto wrong : {""sv, " "sv, "\0"sv, "a\nb"sv, "a\x7f"sv, "a\xc2\x85 b"sv})
    CHECK_FALSE(is_plain_text(wrong));
}
