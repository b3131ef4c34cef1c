#include <catch2/catch.hpp>

#include "http/mkinf/invoice_page.hpp"
#include "tests/support/golden.hpp"

using namespace orrery;
using namespace orrery::mkinf;
using namespace std::chrono_literals;

namespace {

Invoice invoice() {
  Invoice invoice;
  invoice.organization = {"b5821b92", "Miller & Sons <GPUs>", "cus_1"};
  invoice.month = 2024y / 6 / 1;
  invoice.until = Time(std::chrono::sys_days{2024y / 7 / 1});
  invoice.projects = {{"p1", "b5821b92", "training", {}},
                      {"p2", "b5821b92", "idle", {}},
                      {"p3", "b5821b92", "serving", {}}};
  invoice.lines = {
      {"p1", UsageMetric::gpu_hours, "l40s-48gb.2x", "us-east1-a", "", 1'250'000, 7'200, 250},
      {"p1", UsageMetric::disk_gb_hours, "persistent-ssd", "us-east1-a", "", 130, 36'000'000, 130},
      {"p3", UsageMetric::gpu_hours, "a100.8x", "us-east1-a", "r-7", 0, 3'601, 0}};
  invoice.months = {2024y / 6 / 1, 2024y / 5 / 1};
  invoice.return_url = "https://a.example/?x=1&y=2";
  return invoice;
}

}  // namespace

TEST_CASE("the invoice page of a month that is over, byte for byte", "[golden]") {
  check_golden("http/mkinf/invoice.html", invoice_page(invoice()));
}

TEST_CASE("the invoice of a month that runs says until when") {
  auto running = invoice();
  running.until = Time(std::chrono::sys_days{2024y / 6 / 16}) + 15h;
  CHECK_THAT(invoice_page(running),
             Catch::Contains("2024-06-01 to now (2024-06-16T15:00:00Z): so far"));
}

TEST_CASE("a month in which nothing was used costs nothing") {
  auto empty = invoice();
  empty.lines.clear();
  CHECK_THAT(invoice_page(empty), Catch::Contains("Nothing was used in this month."));
  CHECK_THAT(invoice_page(empty), Catch::Contains("US $0.00"));
}

TEST_CASE("nothing but the page's own style may be loaded or run") {
  CHECK_THAT(invoice_page_policy(),
             Catch::Matches("default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='"));
  CHECK_THAT(invoice_page(invoice()), !Catch::Contains("<GPUs>") && !Catch::Contains("<script"));
}

TEST_CASE("a month ends where the next begins, in December too") {
  CHECK(month_after(2024y / 12 / 1) == std::chrono::sys_days{2025y / 1 / 1});
  CHECK(month_after(2024y / 1 / 1) == std::chrono::sys_days{2024y / 2 / 1});
  CHECK(month_text(2024y / 2 / 1) == "2024-02");
}
