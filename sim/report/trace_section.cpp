#include "sim/report/trace_section.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "sim/report/page_tables.hpp"
#include "sim/report/quantity.hpp"
#include "sim/report/trace_charts.hpp"

namespace orrery {
namespace {

using Better = ComparedFigure::Better;

/// A row a policy, and one more for what was recorded.
class Comparison {
 public:
  Comparison(Page& page, const ReportedTrace& trace) : page_(page), trace_(trace) {}

  void write() {
    add_waits();
    add_cluster();
    add_money();
    std::vector<std::string> labels;
    for (const auto& run : trace_.runs) labels.push_back(run.label);
    if (trace_.recorded) labels.emplace_back("as it was recorded");
    write_comparison(page_, labels, figures_);
  }

 private:
  static constexpr double none = std::numeric_limits<double>::quiet_NaN();

  template <class Value>
  void add(std::string name, Better better, SayValue say, Value value, double recorded = none) {
    ComparedFigure figure{std::move(name), better, {}, std::move(say)};
    for (const auto& run : trace_.runs) figure.values.push_back(static_cast<double>(value(run)));
    if (trace_.recorded) figure.values.push_back(recorded);
    figures_.push_back(std::move(figure));
  }

  void add_waits() {
    const auto recorded = trace_.recorded ? trace_.recorded->wait_s : Spread();
    const auto wait = [&](std::string name, double Spread::*member) {
      add(
          std::move(name), Better::less, duration_text,
          [member](const PolicyRun& run) { return run.jobs_run > 0 ? run.wait_s.*member : none; },
          recorded.*member);
    };
    wait("Wait, mean", &Spread::mean);
    wait("median", &Spread::p50);
    wait("95 %", &Spread::p95);
    wait("99 %", &Spread::p99);
    const auto slowdown = [&](std::string name, double Spread::*member) {
      add(std::move(name), Better::less, count_text, [member](const PolicyRun& run) {
        return run.jobs_run > 0 ? run.slowdown.*member : none;
      });
    };
    slowdown("Slowdown, mean", &Spread::mean);
    slowdown("95 %", &Spread::p95);
  }

  void add_cluster() {
    add("Utilisation", Better::more, percent_text,
        [](const PolicyRun& run) { return run.utilisation; });
    add("Fragmentation", Better::less, percent_text,
        [](const PolicyRun& run) { return run.fragmentation; });
    add("Longest queue", Better::less, count_text,
        [](const PolicyRun& run) { return run.waiting_jobs_max; });
    add("Makespan", Better::less, duration_text,
        [](const PolicyRun& run) { return run.makespan_s; });
    add("Jobs run", Better::neither, count_text, [](const PolicyRun& run) { return run.jobs_run; });
    if (std::ranges::any_of(trace_.runs,
                            [](const PolicyRun& run) { return run.jobs_never_fit > 0; }))
      add("Never fit", Better::less, count_text,
          [](const PolicyRun& run) { return run.jobs_never_fit; });
    add("GPU-hours", Better::neither, count_text,
        [](const PolicyRun& run) { return run.gpu_hours; });
  }

  void add_money() {
    if (std::ranges::none_of(trace_.runs, [](const PolicyRun& run) { return run.cost > 0; }))
      return;
    const auto say = [currency = page_.currency()](double amount) {
      return money_text(currency, amount);
    };
    add("Cost of use", Better::neither, say, [](const PolicyRun& run) { return run.cost; });
    add("of idle GPUs", Better::less, say, [](const PolicyRun& run) { return run.cost_of_idle; });
  }

  Page& page_;
  const ReportedTrace& trace_;
  std::vector<ComparedFigure> figures_;
};

void write_fact(Markup& markup, std::string_view name, std::string_view value) {
  markup.open("div").leaf("dt", name).leaf("dd", value).close();
}

void write_facts(Markup& markup, const ReportedTrace& trace) {
  markup.open("dl", {{"class", "facts"}});
  write_fact(markup, "Jobs", count_text(static_cast<double>(trace.job_count)));
  write_fact(markup, "Tenants", count_text(static_cast<double>(trace.tenant_count)));
  write_fact(markup, "First to last submission", duration_text(trace.span_s));
  if (!trace.runs.empty()) {
    const auto& run = trace.runs.front();
    write_fact(markup, "Cluster",
               fmt::format("{} nodes × {} GPUs", count_text(run.node_count), run.gpus_per_node));
  }
  for (const auto& outcome : trace.outcomes) {
    if (outcome.outcome == "unknown" && trace.outcomes.size() == 1) continue;
    write_fact(markup, "In reality " + outcome.outcome,
               percent_text(static_cast<double>(outcome.job_count) /
                            static_cast<double>(trace.job_count)));
  }
  write_fact(markup, "Bad lines", count_text(static_cast<double>(trace.bad_line_count)));
  markup.close();
}

void write_bad_lines(Markup& markup, const ReportedTrace& trace) {
  if (trace.bad_line_count == 0) return;
  const auto count = count_text(static_cast<double>(trace.bad_line_count));
  markup.open("details", {{"class", "bad-lines"}});
  markup.leaf("summary", trace.bad_line_count == 1 ? std::string("One line of the trace is no job")
                                                   : count + " lines of the trace are no jobs");
  std::vector<std::vector<std::string>> reasons;
  for (const auto& reason : trace.bad_line_reasons)
    reasons.push_back({reason.reason, count_text(static_cast<double>(reason.count))});
  std::vector<std::vector<std::string>> lines;
  for (const auto& line : trace.bad_lines)
    lines.push_back({fmt::format("{}:{}", line.file, line.line), line.reason});
  markup.open("div", {{"class", "scroll"}});
  write_table(markup, std::vector<std::string>{"Reason", "Lines"}, reasons);
  markup.close().leaf("p", trace.bad_lines.size() < trace.bad_line_count
                               ? fmt::format("The first {} of them:", trace.bad_lines.size())
                               : "All of them:");
  markup.open("div", {{"class", "scroll words"}});
  write_table(markup, std::vector<std::string>{"Line", "Reason"}, lines);
  markup.close().close();
}

}  // namespace

void write_trace_section(Page& page, const ReportedTrace& trace, std::size_t number) {
  auto& markup = page.markup();
  markup.open("section", {{"id", fmt::format("trace-{}", number)}});
  markup.open("h2").leaf("bdi", trace.name).close();
  write_facts(markup, trace);
  if (trace.runs.empty()) {
    markup.leaf("p", "No policy was tried on this trace.");
  } else {
    Comparison(page, trace).write();
    markup.open("div", {{"class", "charts"}});
    write_trace_charts(page, trace);
    markup.close();
  }
  write_bad_lines(markup, trace);
  markup.close();
}

}  // namespace orrery
