#include <limits>

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "sim/traces/read_trace.hpp"

using namespace orrery;

namespace {

constexpr std::string_view header = "job_id,submission_time,duration,num_gpu\n";

Trace elasticflow(std::string_view rows) {
  return parse_trace(TraceFormat::elasticflow, "t", std::string(header) + std::string(rows));
}

std::string reason_of(std::string_view row) {
  const auto trace = elasticflow(row);
  REQUIRE(trace.jobs.empty());
  REQUIRE(trace.bad_lines.size() == 1);
  CHECK(trace.bad_lines[0].file == "t");
  CHECK(trace.bad_lines[0].line == 2);
  return trace.bad_lines[0].reason;
}

/// Pieces that importers stumble over, put together in any order.
rc::Gen<std::string> hostile_text() {
  static const std::vector<std::string> pieces{
      "\n",
      "\r\n",
      "\r",
      ",",
      "\"",
      "\"\"",
      ";",
      " ",
      "\t",
      "-1",
      "0",
      "1",
      "7.5",
      "1e308",
      "nan",
      "None",
      "99999999999999999999999",
      "-9223372036854775808",
      "\xEF\xBB\xBF",
      "\xFF\xFE",
      std::string("\0", 1),
      "[",
      "]",
      "{",
      "}",
      ":",
      "null",
      "job_id,submission_time,duration,num_gpu\n",
      "TIMESTAMP,ContextTokens,GeneratedTokens\n",
      "sn,cpu_milli,memory_mib,gpu,model\n",
      "job_id,user,vc,gpu_num,cpu_num,node_num,state,submit_time,start_time,end_time,duration,"
      "queue\n",
      "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,"
      "deletion_time,scheduled_time\n",
      "; MaxNodes: 4294967295\n; MaxProcs: 18446744073709551616\n",
      "1 0 5 3600 16 -1 -1 16 -1 -1 1 4 2 -1 -1 1 -1 -1\n",
      "2017-10-09 07:00:00",
      "2017-13-32 25:61:61",
      "9999-12-31 23:59:59.999",
      "0000-00-00 00:00:00",
      R"({"status":"Pass","vc":"v","submitted_time":"2017-10-09 07:00:00","attempts":[)",
      R"({"start_time":"2017-10-09 07:01:00","end_time":"9999-10-09 07:02:00",)",
      R"("detail":[{"ip":"m1","gpus":["gpu0"]}]})"};
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(pieces)),
                      [](const std::vector<std::string>& drawn) {
                        std::string text;
                        for (const auto& piece : drawn) text += piece;
                        return text;
                      });
}

bool is_sane(const Trace& trace) {
  std::int64_t before_ms = 0;
  for (const auto& job : trace.jobs) {
    constexpr auto ms_max = std::numeric_limits<std::int64_t>::max() / 1'000;
    if (job.submit_ms < before_ms || job.submit_ms > ms_max || job.run_ms < 0 ||
        job.run_ms > ms_max || job.tenant >= trace.tenants.size() || job.line == 0 ||
        job.gpu_milli == 0 || job.gpu_milli > 1'000 || job.gpu_count > trace_gpu_count_max)
      return false;
    before_ms = job.submit_ms;
  }
  return true;
}

constexpr TraceFormat formats[] = {TraceFormat::swf,          TraceFormat::elasticflow,
                                   TraceFormat::philly,       TraceFormat::helios,
                                   TraceFormat::alibaba_pods, TraceFormat::alibaba_nodes,
                                   TraceFormat::azure_llm};

}  // namespace

TEST_CASE("values that no job can have are refused with the reason") {
  CHECK(reason_of("a,0,1,99999999999999999999\n") ==
        "num_gpu \"99999999999999999999\" is more than 1000000");
  CHECK(reason_of("a,0,1,-1\n") == "num_gpu must be a whole number from 0, not \"-1\"");
  CHECK(reason_of("a,0,1,1.5\n") == "num_gpu must be a whole number from 0, not \"1.5\"");
  CHECK(reason_of("a,0,-1,1\n") == "duration must be seconds from 0, not \"-1\"");
  CHECK(reason_of("a,0,1e300,1\n") == "duration \"1e300\" is more than 100 years");
  CHECK(reason_of("a,0,inf,1\n") == "duration must be seconds from 0, not \"inf\"");
  CHECK(reason_of("a,0,nan,1\n") == "duration must be seconds from 0, not \"nan\"");
  CHECK(reason_of("a,None,1,1\n") == "submission_time must be seconds from 0, not \"None\"");
  CHECK(reason_of("a,0,0x10,1\n") == "duration must be seconds from 0, not \"0x10\"");
  CHECK(reason_of("a,,1,1\n") == "submission_time must be seconds from 0, not \"\"");
}

TEST_CASE("lines that are no row are refused with the reason") {
  CHECK(reason_of("a,0,1\n") == "the line has 3 fields and the header 4");
  CHECK(reason_of("a,0,1,1,1\n") == "the line has 5 fields and the header 4");
  CHECK(reason_of("a,\"0,1,1\n") == "a quote is not closed, or stands inside of a field");
  CHECK(reason_of("\"a\"b,0,1,1\n") == "a quote is not closed, or stands inside of a field");
}

TEST_CASE("what is shown of a bad line can't move a terminal's cursor, and is short") {
  CHECK(reason_of(std::string("a,0,\x1B[2J\0,1\n", 12)) ==
        "duration must be seconds from 0, not \"?[2J?\"");
  CHECK(reason_of("a,0," + std::string(1'000'000, '9') + ",1\n").size() < 100);
}

TEST_CASE("a bad line spoils no other") {
  const auto trace = elasticflow("a,0,\"1,1\nb,5,1,1\nc,x,1,1\nd,9,1,1");
  REQUIRE(trace.jobs.size() == 2);
  CHECK(trace.jobs[0].line == 3);
  CHECK(trace.jobs[1].line == 5);
  REQUIRE(trace.bad_lines.size() == 2);
  CHECK(trace.bad_lines[0].line == 2);
  CHECK(trace.bad_lines[1].line == 4);
}

TEST_CASE("a header without a column says which, and an empty file that it is empty") {
  const auto headless =
      parse_trace(TraceFormat::elasticflow, "t", "job_id,duration,num_gpu\na,1,1");
  REQUIRE(headless.bad_lines.size() == 1);
  CHECK(headless.bad_lines[0].reason ==
        "the header has no column submission_time, so no line below it can be read");
  const auto empty = parse_trace(TraceFormat::elasticflow, "t", "");
  REQUIRE(empty.bad_lines.size() == 1);
  CHECK(empty.bad_lines[0].reason == "the file is empty");
}

TEST_CASE("every line of a table is a job or a bad line") {
  rc::check([] {
    const auto rows = *rc::gen::container<std::vector<std::string>>(
        rc::gen::element<std::string>("a,0,1,1", "b,1,1", "c,-1,1,1", "\"d\",3,4,5", "\"e,3,4,5",
                                      std::string("f\0,1,2,3", 8), "g,9999999999999,1,1", ",,,"));
    std::string text;
    for (const auto& row : rows) text += row + "\n";
    const auto trace = elasticflow(text);
    RC_ASSERT(trace.jobs.size() + trace.bad_lines.size() == rows.size());
    RC_ASSERT(is_sane(trace));
  });
}

TEST_CASE("no text is too damaged for any importer") {
  rc::check([] {
    const auto text = *hostile_text();
    for (const auto format : formats) RC_ASSERT(is_sane(parse_trace(format, "hostile", text)));
    if (const auto format = recognise_trace(text))
      RC_ASSERT(is_sane(parse_trace(*format, "hostile", text)));
  });
}

TEST_CASE("no bytes are too damaged for any importer") {
  rc::check([](const std::string& text) {
    for (const auto format : formats) RC_ASSERT(is_sane(parse_trace(format, "hostile", text)));
  });
}

TEST_CASE("an attempt of ten thousand years is no job, however many there are") {
  std::string text = R"([{"vc":"v","submitted_time":"1970-01-01 00:00:00","attempts":[)";
  for (int i = 0; i < 100'000; ++i)
    text += R"({"start_time":"1970-01-01 00:00:00","end_time":"9999-01-01 00:00:00",)"
            R"("detail":[{"gpus":["gpu0"]}]},)";
  text.back() = ']';
  const auto trace = parse_trace(TraceFormat::philly, "long", text + "}]");
  CHECK(trace.jobs.empty());
  REQUIRE(trace.bad_lines.size() == 1);
  CHECK(trace.bad_lines[0].reason == "it ran for more than 100 years");
}
