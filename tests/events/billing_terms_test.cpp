#include "events/folds/billing_terms.hpp"

#include <rapidcheck.h>
#include <catch2/catch.hpp>

using namespace orrery;

namespace {

/// A moment in Beijing.
std::int64_t at(int year, unsigned month, unsigned day, int hour = 0, int minute = 0,
                int second = 0) {
  using namespace std::chrono;
  const sys_days date{
      year_month_day{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)}};
  return date.time_since_epoch().count() * seconds_per_day - beijing_offset_s + hour * 3'600 +
         minute * 60 + second;
}

OrderTerms hourly(std::int64_t price_fen) { return {SellingType::pay_as_you_go, price_fen, {}}; }

const std::int64_t ten = at(2024, 9, 2, 10);

/// 2.50 CNY an hour, 48 % of it from 10:20 to 10:40.
const OrderTerms with_window{
    SellingType::pay_as_you_go, 250, {"10000", 4'800, ten + 1'200, ten + 2'400}};

}  // namespace

TEST_CASE("a moment of a bill is its whole second, before 1970 too") {
  CHECK(seconds_of(Time(std::chrono::microseconds(1'999'999))) == 1);
  CHECK(seconds_of(Time(std::chrono::microseconds(-1))) == -1);
}

TEST_CASE("a discounted price is rounded half up to whole fen") {
  CHECK(discounted_price_fen(1'000, 4'800) == 480);
  CHECK(discounted_price_fen(250, 9'990) == 250);  // 249.75
  CHECK(discounted_price_fen(250, 9'980) == 250);  // 249.5
  CHECK(discounted_price_fen(250, 9'979) == 249);
  CHECK(discounted_price_fen(250, 10'000) == 250);
  CHECK(discounted_price_fen(250, 0) == 0);
}

TEST_CASE("a discount applies from its start until its end, and none without a name") {
  CHECK(price_fen_at(with_window, ten + 1'199) == 250);
  CHECK(price_fen_at(with_window, ten + 1'200) == 120);
  CHECK(price_fen_at(with_window, ten + 2'399) == 120);
  CHECK(price_fen_at(with_window, ten + 2'400) == 250);
  auto nameless = with_window;
  nameless.discount.id.clear();
  CHECK(price_fen_at(nameless, ten + 1'200) == 250);
  CHECK_FALSE(discount_applies(nameless.discount, ten + 1'200));
}

TEST_CASE("what runs is charged by the second, rounded once, and a fen at least") {
  CHECK(metered_amount_fen(hourly(250), ten, ten + 3'600) == 250);
  CHECK(metered_amount_fen(hourly(250), ten, ten + 1'800) == 125);
  CHECK(metered_amount_fen(hourly(250), ten, ten + 7) == 1);   // 0.486
  CHECK(metered_amount_fen(hourly(250), ten, ten + 8) == 1);   // 0.556
  CHECK(metered_amount_fen(hourly(250), ten, ten + 22) == 2);  // 1.528
  CHECK(metered_amount_fen(hourly(250), ten, ten) == 0);
  CHECK(metered_amount_fen(hourly(250), ten, ten - 5) == 0);
  CHECK(metered_amount_fen(hourly(0), ten, ten + 3'600) == 0);
}

TEST_CASE("a discount counts for the seconds within its window") {
  // 20 minutes at 120 and 40 minutes at 250 an hour: 40 + 166.67.
  CHECK(metered_amount_fen(with_window, ten, ten + 3'600) == 207);
  CHECK(metered_amount_fen(with_window, ten + 1'200, ten + 2'400) == 40);
  CHECK(metered_amount_fen(with_window, ten + 2'400, ten + 3'600) == 83);
}

TEST_CASE("what runs is cut at each full hour of the clock") {
  CHECK(hourly_spans(ten, ten).empty());
  CHECK(hourly_spans(ten + 5, ten + 9) == std::vector<Span>{{ten + 5, ten + 9}});
  CHECK(hourly_spans(ten - 10, ten + 3'601) ==
        std::vector<Span>{{ten - 10, ten}, {ten, ten + 3'600}, {ten + 3'600, ten + 3'601}});
  CHECK(next_hour_s(ten) == ten + 3'600);
  CHECK(next_hour_s(ten - 1) == ten);
  CHECK(next_hour_s(-1) == 0);
}

TEST_CASE(
    "the pieces of a span are the span, none crosses an hour, and cutting later is the same") {
  CHECK(rc::check("hourly spans", [] {
    const auto from = *rc::gen::inRange<std::int64_t>(-200'000, 200'000);
    const auto until = from + *rc::gen::inRange<std::int64_t>(0, 50'000);
    const auto middle = *rc::gen::inRange<std::int64_t>(from, until + 1);
    const auto spans = hourly_spans(from, until);
    auto reached = from;
    for (const auto& span : spans) {
      RC_ASSERT(span.from_s == reached);
      RC_ASSERT(span.until_s > span.from_s);
      RC_ASSERT(span.until_s <= next_hour_s(span.from_s));
      reached = span.until_s;
    }
    RC_ASSERT(reached == until);
    // Charged up to some full hour, the rest is cut as before.
    const auto hour = next_hour_s(middle);
    if (hour < until) {
      const auto rest = hourly_spans(hour, until);
      RC_ASSERT(std::vector<Span>(spans.end() - static_cast<std::ptrdiff_t>(rest.size()),
                                  spans.end()) == rest);
    }
  }));
}

TEST_CASE("an amount is what each second costs, added up") {
  CHECK(rc::check("metered amount", [] {
    OrderTerms terms;
    terms.price_fen = *rc::gen::inRange<std::int64_t>(0, 100'000);
    terms.discount = {
        *rc::gen::element<std::string>("", "d"), *rc::gen::inRange<std::uint32_t>(0, 10'001),
        *rc::gen::inRange<std::int64_t>(-500, 4'000), *rc::gen::inRange<std::int64_t>(-500, 4'000)};
    const auto from = *rc::gen::inRange<std::int64_t>(0, 3'600);
    const auto until = from + *rc::gen::inRange<std::int64_t>(0, 3'601 - from);
    std::int64_t sum = 0;
    for (auto second = from; second < until; ++second) sum += price_fen_at(terms, second);
    const auto amount = metered_amount_fen(terms, from, until);
    RC_ASSERT((amount == 0) == (sum == 0));
    if (sum >= 1'800) RC_ASSERT(amount == (sum + 1'800) / 3'600);
    if (sum > 0 && sum < 1'800) RC_ASSERT(amount == 1);
  }));
}

TEST_CASE("the largest price for the longest time is still a number") {
  constexpr auto price = std::int64_t{1} << 50;
  CHECK(metered_amount_fen(hourly(price), 0, 3'600) == price);
}

TEST_CASE("what is paid in advance has the price of the moment it is ordered at") {
  auto terms = with_window;
  terms.selling_type = SellingType::daily;
  CHECK(prepaid_amount_fen(terms, 3, ten) == 750);
  CHECK(prepaid_amount_fen(terms, 3, ten + 1'200) == 360);
}

TEST_CASE("days and weeks are so many seconds, months are those of the calendar in Beijing") {
  const auto afternoon = at(2024, 9, 2, 18, 34, 33);
  CHECK(term_end_s(SellingType::daily, 3, afternoon) == at(2024, 9, 5, 18, 34, 33));
  CHECK(term_end_s(SellingType::weekly, 2, afternoon) == at(2024, 9, 16, 18, 34, 33));
  CHECK(term_end_s(SellingType::monthly, 1, afternoon) == at(2024, 10, 2, 18, 34, 33));
  CHECK(term_end_s(SellingType::monthly, 12, afternoon) == at(2025, 9, 2, 18, 34, 33));
  CHECK(term_end_s(SellingType::pay_as_you_go, 2, afternoon) == at(2024, 9, 2, 20, 34, 33));
}

TEST_CASE("a month that has no such day ends the term on its last") {
  CHECK(term_end_s(SellingType::monthly, 1, at(2024, 1, 31, 7)) == at(2024, 2, 29, 7));
  CHECK(term_end_s(SellingType::monthly, 1, at(2023, 1, 29, 7)) == at(2023, 2, 28, 7));
  CHECK(term_end_s(SellingType::monthly, 3, at(2024, 12, 31, 23, 59, 59)) ==
        at(2025, 3, 31, 23, 59, 59));
  // It is the 1st in Beijing, and still the 31st in London.
  CHECK(term_end_s(SellingType::monthly, 1, at(2024, 2, 1, 3)) == at(2024, 3, 1, 3));
  CHECK(term_end_s(SellingType::monthly, period_count_max, at(2024, 2, 1)) == at(2107, 6, 1));
}

TEST_CASE("a term begins when the instance first runs") {
  PrepaidTerm term;
  term.pay(SellingType::daily, 2, ten);
  CHECK_FALSE(term.begun());
  CHECK_FALSE(term.is_over(ten + 10 * seconds_per_day));
  term.begin(ten + 60);
  CHECK(term.ends_at_s == ten + 60 + 2 * seconds_per_day);
  term.begin(ten + 5'000);  // Stopped and started again.
  CHECK(term.ends_at_s == ten + 60 + 2 * seconds_per_day);
  CHECK_FALSE(term.is_over(term.ends_at_s - 1));
  CHECK(term.is_over(term.ends_at_s));
}

TEST_CASE("what is renewed begins where the term ends, or now where it has ended") {
  PrepaidTerm term;
  term.pay(SellingType::daily, 1, ten);
  term.pay(SellingType::weekly, 1, ten);  // Before it has begun.
  term.begin(ten);
  CHECK(term.ends_at_s == ten + 8 * seconds_per_day);
  term.pay(SellingType::daily, 1, ten + 5);
  CHECK(term.ends_at_s == ten + 9 * seconds_per_day);
  term.pay(SellingType::daily, 1, ten + 20 * seconds_per_day);
  CHECK(term.ends_at_s == ten + 21 * seconds_per_day);
}

TEST_CASE("a day is one of Beijing") {
  CHECK(beijing_day(at(2024, 9, 2)) == beijing_day(at(2024, 9, 2, 23, 59, 59)));
  CHECK(beijing_day(at(2024, 9, 3)) == beijing_day(at(2024, 9, 2)) + 1);
  CHECK(beijing_midnight_s(beijing_day(at(2024, 9, 2, 13))) == at(2024, 9, 2));
  CHECK(beijing_day(-beijing_offset_s) == 0);
  CHECK(beijing_day(-beijing_offset_s - 1) == -1);
}

TEST_CASE("a stored GB costs a fen a day, and 30 GB of images nothing") {
  CHECK(gb_of_bytes(0) == 0);
  CHECK(gb_of_bytes(1) == 1);
  CHECK(gb_of_bytes(1'000'000'000) == 1);
  CHECK(gb_of_bytes(30'000'000'001) == 31);
  CHECK(storage_amount_fen(StoredThing::volumes, 50) == 50);
  CHECK(storage_amount_fen(StoredThing::images, 30) == 0);
  CHECK(storage_amount_fen(StoredThing::images, 42) == 12);
}
