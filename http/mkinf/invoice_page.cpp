#include "http/mkinf/invoice_page.hpp"

#include <array>
#include <cstdint>

#include <fmt/format.h>
#include <sodium.h>
#include <boost/algorithm/string/replace.hpp>

#include "http/json/timestamp.hpp"

namespace orrery::mkinf {

namespace {

constexpr std::string_view style = R"(
body { font: 16px/1.5 system-ui, sans-serif; color: #1b1f24; max-width: 56rem; margin: 3rem auto; padding: 0 1.5rem; }
header { display: flex; justify-content: space-between; align-items: baseline; flex-wrap: wrap; gap: 0 2rem; }
h1 { font-size: 1.7rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
h2 .muted { font-size: .85rem; font-weight: 400; }
nav a, nav b { margin-right: .8rem; }
a { color: #0b57d0; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid #d8dee4; vertical-align: top; }
th { font-size: .85rem; font-weight: 600; color: #57606a; }
th:nth-child(1) { width: 34%; }
th:nth-child(2) { width: 20%; }
th:nth-child(n + 4) { width: 12%; }
.number { text-align: right; padding-right: 0; padding-left: .8rem; font-variant-numeric: tabular-nums; white-space: nowrap; }
tfoot td { font-weight: 600; border-bottom: none; }
.total { margin-top: 2rem; border-top: 2px solid #1b1f24; }
.total td { font-size: 1.2rem; font-weight: 700; border: none; }
.muted { color: #57606a; }
@media print { nav, .back { display: none; } body { margin: 0; } }
)";

std::string escaped(std::string text) {
  for (const auto& [letter, entity] :
       {std::pair{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}})
    boost::algorithm::replace_all(text, letter, entity);
  return text;
}

std::string month_name(std::chrono::sys_days month) {
  static constexpr std::array<std::string_view, 12> names{
      "January", "February", "March",     "April",   "May",      "June",
      "July",    "August",   "September", "October", "November", "December"};
  const std::chrono::year_month_day date(month);
  return fmt::format("{} {}", names[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()));
}

std::string header_of(const Invoice& invoice) {
  const bool over = invoice.until >= Time(month_after(invoice.month));
  const auto last_day = month_after(invoice.month) - std::chrono::days(1);
  const auto state =
      over ? fmt::format("{} to {} (UTC)", date_text(invoice.month), date_text(last_day))
           : fmt::format("{} to now ({}): so far, the month isn't over", date_text(invoice.month),
                         rfc3339_seconds(invoice.until));
  return fmt::format(
      "<header><h1>Invoice, {}</h1><div>{}<br><span class=\"muted\">Customer {}</span></div>"
      "</header>\n<p>{}</p>\n",
      month_name(invoice.month), escaped(invoice.organization.name),
      escaped(invoice.organization.stripe_customer_id), state);
}

std::string months_of(const Invoice& invoice) {
  std::string text = "<nav aria-label=\"Months\">";
  for (const auto month : invoice.months)
    text += month == invoice.month
                ? fmt::format("<b>{}</b>", month_name(month))
                : fmt::format("<a href=\"?month={}\">{}</a>", month_text(month), month_name(month));
  return text + "</nav>\n";
}

std::string line_row(const ChargeLine& line) {
  const bool gpus = line.metric == UsageMetric::gpu_hours;
  const auto reservation = line.reservation_id.empty()
                               ? std::string()
                               : fmt::format("<br><span class=\"muted\">reservation {}</span>",
                                             escaped(line.reservation_id));
  return fmt::format(
      "<tr><td>{}{}</td><td>{}</td><td class=\"number\">{} {}</td><td class=\"number\">${}</td>"
      "<td class=\"number\">${}</td></tr>\n",
      escaped(line.resource_type), reservation, escaped(line.location),
      hours_text(line.unit_seconds), gpus ? "GPU-hours" : "GB-hours",
      micro_usd_text(line.micro_usd_per_hour), usd_text(line.cents));
}

/// A project's table; empty where it used nothing.
std::string project_table(const Invoice& invoice, const ProjectDetails& project) {
  std::string rows;
  decltype(ChargeLine::cents) cents = 0;
  for (const auto& line : invoice.lines) {
    if (line.project_id != project.id) continue;
    rows += line_row(line);
    cents += line.cents;
  }
  if (rows.empty()) return {};
  return fmt::format(
      "<h2>Project {} <span class=\"muted\">{}</span></h2>\n<table><thead><tr><th>Resource</th>"
      "<th>Location</th><th class=\"number\">Quantity</th><th class=\"number\">Per hour</th>"
      "<th class=\"number\">Amount</th></tr></thead>\n<tbody>\n{}</tbody>\n<tfoot><tr>"
      "<td colspan=\"4\">Subtotal</td><td class=\"number\">${}</td></tr></tfoot></table>\n",
      escaped(project.name), escaped(project.id), rows, usd_text(cents));
}

std::string total_of(const Invoice& invoice) {
  decltype(ChargeLine::cents) cents = 0;
  for (const auto& line : invoice.lines) cents += line.cents;
  return fmt::format(
      "<table class=\"total\"><tr><td>Total</td><td class=\"number\">US ${}</td></tr></table>\n",
      usd_text(cents));
}

}  // namespace

std::string invoice_page(const Invoice& invoice) {
  std::string tables;
  for (const auto& project : invoice.projects) tables += project_table(invoice, project);
  if (tables.empty()) tables = "<p>Nothing was used in this month.</p>\n";
  const auto back = invoice.return_url.empty()
                        ? std::string()
                        : fmt::format(
                              "<p class=\"back\"><a href=\"{}\" rel=\"noreferrer\">Back"
                              "</a></p>\n",
                              escaped(invoice.return_url));
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\">"
      "<title>Billing of {0}: {1}</title><style>{2}</style></head>\n<body>\n{3}{4}{5}{6}"
      "<p class=\"muted\">Metered by the second of what ran; each line is rounded once, to whole "
      "cents. This server charges nobody: no payment method is needed.</p>\n{7}</body></html>\n",
      escaped(invoice.organization.name), month_name(invoice.month), style, header_of(invoice),
      months_of(invoice), tables, total_of(invoice), back);
}

std::string invoice_page_policy() {
  std::array<std::uint8_t, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), reinterpret_cast<const std::uint8_t*>(style.data()),
                     style.size());
  constexpr int variant = sodium_base64_VARIANT_ORIGINAL;
  std::array<char, sodium_base64_ENCODED_LEN(crypto_hash_sha256_BYTES, variant)> text{};
  sodium_bin2base64(text.data(), text.size(), digest.data(), digest.size(), variant);
  return fmt::format("default-src 'none'; style-src 'sha256-{}'", text.data());
}

std::string month_text(std::chrono::sys_days month) { return date_text(month).substr(0, 7); }

std::chrono::sys_days month_after(std::chrono::sys_days month) {
  std::chrono::year_month_day date(month);
  return date += std::chrono::months(1);
}

}  // namespace orrery::mkinf
