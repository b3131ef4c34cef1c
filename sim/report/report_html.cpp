#include "sim/report/report_html.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include <fmt/format.h>

#include "sim/report/drawing.hpp"
#include "sim/report/page.hpp"
#include "sim/report/page_tables.hpp"
#include "sim/report/quantity.hpp"
#include "sim/report/report_style.hpp"
#include "sim/report/trace_section.hpp"

namespace orrery {
namespace {

using Better = ComparedFigure::Better;

std::string title_of(const TraceReport& report) {
  if (!report.origin.title.empty()) return report.origin.title;
  if (report.traces.size() == 1) return "Trace " + report.traces.front().name;
  return fmt::format("{} traces", report.traces.size());
}

std::string plural(std::uint64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count_text(static_cast<double>(count)), count == 1 ? one : many);
}

std::string summary_of(const Page& page, const TraceReport& report) {
  std::uint64_t jobs = 0;
  std::uint64_t bad_lines = 0;
  for (const auto& trace : report.traces) {
    jobs += trace.job_count;
    bad_lines += trace.bad_line_count;
  }
  auto text = fmt::format("{} of {} under {}", plural(jobs, "job", "jobs"),
                          plural(report.traces.size(), "trace", "traces"),
                          plural(page.labels().size(), "policy", "policies"));
  if (bad_lines > 0)
    text += fmt::format("; {} left out", plural(bad_lines, "bad line", "bad lines"));
  return text + ".";
}

void write_head(Page& page, const TraceReport& report) {
  auto& markup = page.markup();
  markup.verbatim("<!doctype html>\n").open("html", {{"lang", "en"}}).open("head");
  markup.empty("meta", {{"charset", "utf-8"}});
  markup.empty(
      "meta",
      {{"http-equiv", "Content-Security-Policy"},
       {"content", fmt::format("default-src 'none'; style-src '{}'", report_style_digest())}});
  markup.empty("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
  markup.empty("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
  markup.empty("meta", {{"name", "generator"}, {"content", "Orrery " + report.origin.release}});
  markup.leaf("title", title_of(report) + " · Orrery");
  markup.verbatim("<style>").verbatim(report_style()).verbatim("</style>").close();
}

void write_introduction(Page& page, const TraceReport& report) {
  auto& markup = page.markup();
  markup.open("header").leaf("h1", title_of(report));
  markup.leaf("p", summary_of(page, report), {{"class", "lead"}});
  if (!report.origin.introduction.empty()) markup.leaf("p", report.origin.introduction);
  for (const auto& note : report.origin.notes) markup.leaf("p", note);
  if (report.traces.size() > 1) {
    markup.open("ul", {{"class", "contents"}});
    for (std::size_t i = 0; i < report.traces.size(); ++i)
      markup.open("li")
          .leaf("a", report.traces[i].name, {{"href", fmt::format("#trace-{}", i + 1)}})
          .close();
    markup.close();
  }
  markup.close();
}

/// Which colour is which policy; unchecking one takes it out of all charts, without a script. More
/// policies than colours share a box.
void write_legend(Page& page) {
  constexpr std::size_t colour_count = 8;
  if (page.labels().empty()) return;
  auto& markup = page.markup();
  markup.open("nav", {{"class", "legend"}, {"aria-label", "Policies shown in the charts"}});
  markup.open("ul");
  for (std::size_t i = 0; i < page.labels().size(); ++i) {
    markup.open("li").open("label", {{"class", series_class(i)}});
    if (i < colour_count)
      markup.empty("input",
                   {{"type", "checkbox"}, {"checked", ""}, {"id", fmt::format("show-{}", i)}});
    markup.leaf("i", "", {{"class", "swatch"}});
    markup.text(page.labels()[i]).close().close();
  }
  markup.close().close();
}

/// A row a trace, a column a policy.
void write_by_trace(Page& page, const TraceReport& report, std::string_view heading,
                    const SayValue& say, const std::function<double(const PolicyRun&)>& value_of) {
  auto& markup = page.markup();
  std::vector<std::string> columns{"Trace"};
  for (const auto& label : page.labels()) columns.push_back(label);
  std::vector<std::vector<std::string>> rows;
  for (const auto& trace : report.traces) {
    auto& cells = rows.emplace_back(std::vector<std::string>{trace.name});
    for (const auto& label : page.labels()) {
      const auto run = std::ranges::find(trace.runs, label, &PolicyRun::label);
      cells.push_back(run == trace.runs.end() ? "–" : say(value_of(*run)));
    }
  }
  markup.leaf("h3", heading).open("div", {{"class", "scroll"}});
  write_table(markup, columns, rows);
  markup.close();
}

/// The policies over all traces, and then the waits trace by trace.
void write_together(Page& page, const TraceReport& report) {
  if (report.together.empty()) return;
  auto& markup = page.markup();
  std::vector<std::string> labels;
  std::vector<ComparedFigure> figures{{"Wait, mean", Better::less, {}, duration_text},
                                      {"median", Better::less, {}, duration_text},
                                      {"95 %", Better::less, {}, duration_text},
                                      {"99 %", Better::less, {}, duration_text},
                                      {"Slowdown, mean", Better::less, {}, count_text},
                                      {"95 %", Better::less, {}, count_text},
                                      {"Utilisation", Better::more, {}, percent_text},
                                      {"Jobs run", Better::neither, {}, count_text},
                                      {"Never fit", Better::less, {}, count_text},
                                      {"GPU-hours", Better::neither, {}, count_text}};
  for (const auto& total : report.together) {
    labels.push_back(total.label);
    const std::array values{total.wait_s.mean,
                            total.wait_s.p50,
                            total.wait_s.p95,
                            total.wait_s.p99,
                            total.slowdown.mean,
                            total.slowdown.p95,
                            total.utilisation,
                            static_cast<double>(total.jobs_run),
                            static_cast<double>(total.jobs_never_fit),
                            total.gpu_hours};
    for (std::size_t i = 0; i < values.size(); ++i) figures[i].values.push_back(values[i]);
  }
  markup.open("section", {{"id", "together"}}).leaf("h2", "All traces together");
  write_comparison(page, labels, figures);
  write_by_trace(page, report, "Median wait", duration_text,
                 [](const PolicyRun& run) { return run.wait_s.p50; });
  write_by_trace(page, report, "Utilisation", percent_text,
                 [](const PolicyRun& run) { return run.utilisation; });
  markup.close();
}

void write_tables(Page& page, const ReportOrigin& origin) {
  auto& markup = page.markup();
  for (const auto& table : origin.tables) {
    markup.open("section").leaf("h2", table.title);
    if (!table.note.empty()) markup.leaf("p", table.note);
    markup.open("div", {{"class", "scroll"}});
    write_table(markup, table.columns, table.rows);
    markup.close().close();
  }
}

void write_making(Page& page, const TraceReport& report) {
  auto& markup = page.markup();
  markup.open("section", {{"id", "making"}}).leaf("h2", "How this was made");
  if (!report.origin.command.empty())
    markup.open("pre").leaf("code", report.origin.command).close();
  std::vector<std::vector<std::string>> rows;
  for (const auto& trace : report.traces)
    for (const auto& run : trace.runs)
      rows.push_back({trace.name, run.policy,
                      fmt::format("{} × {}", count_text(run.node_count), run.gpus_per_node),
                      count_text(static_cast<double>(run.gpu_count)), std::to_string(run.seed),
                      run.hash.substr(0, 16)});
  markup.leaf(
      "p",
      "The same trace, cluster, policy and seed give the same schedule, bit by bit; the hash "
      "is over what became of every job.");
  markup.open("div", {{"class", "scroll words"}});
  write_table(markup, std::vector<std::string>{"Trace", "Policy", "Nodes", "GPUs", "Seed", "Hash"},
              rows);
  markup.close().close();
}

void write_footer(Page& page, const ReportOrigin& origin) {
  auto text = std::string("Written by Orrery");
  if (!origin.release.empty()) text += " " + origin.release;
  if (!origin.commit.empty()) text += ", commit " + origin.commit;
  page.markup().open("footer").leaf("p", text + ".").close();
}

}  // namespace

std::string report_html(const TraceReport& report) {
  Page page(report);
  auto& markup = page.markup();
  write_head(page, report);
  markup.open("body");
  write_introduction(page, report);
  write_legend(page);
  markup.open("main");
  write_together(page, report);
  for (std::size_t i = 0; i < report.traces.size(); ++i)
    write_trace_section(page, report.traces[i], i + 1);
  write_tables(page, report.origin);
  write_making(page, report);
  markup.close();
  write_footer(page, report.origin);
  markup.close().close().verbatim("\n");
  return markup.take();
}

}  // namespace orrery
