#include <rapidcheck.h>
#include <simdjson.h>
#include <catch2/catch.hpp>

#include "sim/report/axis.hpp"
#include "sim/report/drawing.hpp"
#include "sim/report/markup.hpp"
#include "sim/report/printable.hpp"
#include "sim/report/quantity.hpp"
#include "sim/report/spread.hpp"

using namespace orrery;

TEST_CASE("quantities are written as people read them") {
  CHECK(count_text(1'580'464) == "1,580,464");
  CHECK(count_text(0) == "0");
  CHECK(count_text(1.93) == "1.93");
  CHECK(count_text(2.5) == "2.5");
  CHECK(count_text(999.6) == "1,000");
  CHECK(duration_text(0) == "0 s");
  CHECK(duration_text(0.25) == "0.25 s");
  CHECK(duration_text(59) == "59 s");
  CHECK(duration_text(60) == "1 min");
  CHECK(duration_text(206) == "3.4 min");
  CHECK(duration_text(18'006) == "5 h");
  CHECK(duration_text(86'400 * 12) == "12 d");
  CHECK(duration_text(365.25 * 86'400 * 2.5) == "2.5 y");
  CHECK(percent_text(0.875) == "87.5 %");
  CHECK(money_text("€", 1'234'567) == "€1,234,567");
  CHECK(money_text("", 12.5) == "12.50");
}

TEST_CASE("a change is said in percent, or as a multiple where it is large") {
  CHECK(change_text(100, 65) == "−35 %");
  CHECK(change_text(100, 112) == "+12 %");
  CHECK(change_text(100, 500) == "×5");
  CHECK(change_text(1'000, 2) == "−99.8 %");
  CHECK(change_text(100, 100).empty());
  CHECK(change_text(0, 5).empty());
  CHECK(change_text(1e9, 1e9 + 1).empty());
}

TEST_CASE("any bytes become text that a document may have") {
  CHECK(printable("Zoë 东京") == "Zoë 东京");
  CHECK(printable("a\nb") ==
        "a\xEF\xBF\xBD"
        "b");
  CHECK(printable("\xFF\xC3") == "\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(printable("a\xE2\x80\xAE"
                  "b") ==
        "a\xEF\xBF\xBD"
        "b");
  CHECK(printable("abcdef", 3) == "abc…");
  CHECK(printable("abc", 3) == "abc");
}

TEST_CASE("printable text is UTF-8 without controls and no longer than allowed, whatever came in") {
  CHECK(rc::check([](const std::string& bytes) {
    const auto text = printable(bytes, 20);
    RC_ASSERT(simdjson::validate_utf8(text.data(), text.size()));
    std::size_t characters = 0;
    for (const auto byte : text) {
      RC_ASSERT(static_cast<unsigned char>(byte) >= 0x20);
      if ((static_cast<unsigned char>(byte) & 0xC0) != 0x80) ++characters;
    }
    RC_ASSERT(characters <= 21);
  }));
}

TEST_CASE("text and attributes can't leave their place in the markup") {
  Markup markup;
  markup.open("a", {{"title", "\"><b>'&"}}).text("</a><script>").close();
  CHECK(markup.take() == "<a title=\"&quot;&gt;&lt;b&gt;&#39;&amp;\">&lt;/a&gt;&lt;script&gt;</a>");
}

TEST_CASE("quantiles are values that occur, at the rank that they name") {
  std::vector<double> values{5, 1, 4, 2, 3};
  const auto spread = spread_of(values);
  CHECK(spread.count == 5);
  CHECK(spread.mean == 3);
  CHECK(spread.p25 == 2);
  CHECK(spread.p50 == 3);
  CHECK(spread.p95 == 5);
  CHECK(spread.max == 5);
  const auto cumulative = cumulative_of(values);
  REQUIRE(cumulative.size() == cumulative_permille().size());
  CHECK(cumulative.front() == 1);
  CHECK(cumulative.back() == 5);
  std::vector<double> none;
  CHECK(spread_of(none).count == 0);
  CHECK(cumulative_of(none).empty());
}

TEST_CASE("the shares of a distribution ascend from none to all") {
  const auto permille = cumulative_permille();
  CHECK(permille.front() == 0);
  CHECK(permille.back() == 1'000);
  CHECK(std::is_sorted(permille.begin(), permille.end()));
}

TEST_CASE("axes have few round marks within their ends") {
  const auto labels = [](const Axis& axis) {
    std::string text;
    for (const auto& mark : axis.ticks()) text += mark.label + "|";
    return text;
  };
  CHECK(labels(Axis::linear(87, 0, 300)) == "0|50|100|");
  CHECK(labels(Axis::linear(0, 0, 300)) == "0|0.5|1|");
  CHECK(labels(Axis::elapsed(30 * 86'400, 44, 392)) == "0|7 d|14 d|21 d|28 d|");
  CHECK(labels(Axis::durations(90'000, 44, 392)) == "0|10 s|1 min|10 min|1 h|6 h|1 w|");
  CHECK(labels(Axis::ratios(40, 44, 392)) == "1|2|5|10|20|50|100|");
}

TEST_CASE("an axis keeps every value within its ends and in order") {
  CHECK(rc::check([] {
    const auto most = *rc::gen::element(0.0, 0.3, 5.0, 999.0, 1e6, 3e9, 1e12);
    const auto axis =
        *rc::gen::element(Axis::linear(most, 10, 390), Axis::elapsed(most, 10, 390),
                          Axis::durations(most, 10, 390), Axis::ratios(most, 10, 390));
    const auto low = *rc::gen::inRange(-10, 1'000'000) * most / 1e6;
    const auto high = low + *rc::gen::inRange(0, 1'000'000) * most / 1e6;
    RC_ASSERT(axis.at(low) >= 10 - 1e-6);
    RC_ASSERT(axis.at(high) <= 390 + 1e-6);
    RC_ASSERT(axis.at(low) <= axis.at(high) + 1e-6);
    RC_ASSERT(!axis.ticks().empty());
    RC_ASSERT(axis.ticks().size() <= 12);
  }));
}

TEST_CASE("coordinates are as short as they may be") {
  CHECK(coordinate(12) == "12");
  CHECK(coordinate(12.04) == "12");
  CHECK(coordinate(12.25) == "12.3");
  CHECK(coordinate(-0.5) == "-0.5");
}
