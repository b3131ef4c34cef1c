#include <catch2/catch.hpp>

#include "sim/traces/read_trace.hpp"

using namespace orrery;

namespace {

Trace parsed(TraceFormat format, std::string_view text) {
  return parse_trace(format, "small", text);
}

std::string reason_of(TraceFormat format, std::string_view text) {
  const auto trace = parsed(format, text);
  REQUIRE(trace.jobs.empty());
  REQUIRE(trace.bad_lines.size() == 1);
  return trace.bad_lines[0].reason;
}

constexpr std::string_view helios_header =
    "job_id,user,vc,gpu_num,cpu_num,node_num,state,submit_time,start_time,end_time,duration,queue";

std::string helios(std::string_view row) {
  return std::string(helios_header) + "\n" + std::string(row) + "\n";
}

constexpr std::string_view pod_header =
    "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,"
    "deletion_time,scheduled_time";

std::string pods(std::string_view row) {
  return std::string(pod_header) + "\n" + std::string(row) + "\n";
}

std::string swf(std::string_view row) { return "; Version: 2.2\n" + std::string(row) + "\n"; }

}  // namespace

TEST_CASE("jobs of ElasticFlow are read in order of their submission") {
  const auto trace = parsed(TraceFormat::elasticflow,
                            "job_id,submission_time,duration,num_gpu\n"
                            "late,500,60,8\n"
                            "early,400,3.25,1\n");
  REQUIRE(trace.jobs.size() == 2);
  CHECK(trace.bad_lines.empty());
  CHECK(trace.tenants == std::vector<std::string>{"everybody"});
  CHECK(trace.jobs[0] == TraceJob{.line = 3, .submit_ms = 0, .run_ms = 3'250, .gpu_count = 1});
  CHECK(trace.jobs[1] ==
        TraceJob{.line = 2, .submit_ms = 100'000, .run_ms = 60'000, .gpu_count = 8});
}

TEST_CASE("jobs submitted at once stay in the order of the file") {
  const auto trace = parsed(TraceFormat::elasticflow,
                            "job_id,submission_time,duration,num_gpu\na,7,1,1\nb,7,2,1\nc,7,3,1");
  REQUIRE(trace.jobs.size() == 3);
  CHECK(trace.jobs[0].line == 2);
  CHECK(trace.jobs[1].line == 3);
  CHECK(trace.jobs[2].line == 4);
}

TEST_CASE("a job of SWF has what its user asked for, and what the log knows of it") {
  const auto trace =
      parsed(TraceFormat::swf, swf("  7 100 5 3600 16 3599.5 2048 32 7200 -1 1 4 2 -1 -1 1 -1 -1"));
  REQUIRE(trace.jobs.size() == 1);
  CHECK(trace.tenants == std::vector<std::string>{"user 4"});
  CHECK(trace.jobs[0] == TraceJob{.line = 2,
                                  .run_ms = 3'600'000,
                                  .limit_ms = 7'200'000,
                                  .recorded_wait_ms = 5'000,
                                  .gpu_count = 32,
                                  .memory_mib = 64,
                                  .outcome = TraceOutcome::completed});
}

TEST_CASE("what SWF doesn't know of a job is left open") {
  const auto trace =
      parsed(TraceFormat::swf, swf("1 0 -1 10 16 -1 -1 -1 -1 -1 -1 -1 3 -1 -1 -1 -1 -1"));
  REQUIRE(trace.jobs.size() == 1);
  CHECK(trace.tenants == std::vector<std::string>{"group 3"});
  CHECK(trace.jobs[0] == TraceJob{.line = 2, .run_ms = 10'000, .gpu_count = 16});
}

TEST_CASE("the comments of SWF tell its machine") {
  const auto trace = parsed(TraceFormat::swf,
                            "; MaxNodes: 30\n; MaxProcs: 240\n"
                            "1 0 0 1 1 -1 -1 1 -1 -1 0 1 1 -1 -1 1 -1 -1\n");
  REQUIRE(trace.nodes.size() == 1);
  CHECK(trace.nodes[0].node_count == 30);
  CHECK(trace.nodes[0].gpus_per_node == 8);
  CHECK(trace.jobs[0].outcome == TraceOutcome::failed);
}

TEST_CASE("lines of SWF that are no job are refused with the reason") {
  const auto reason = [](std::string_view row) { return reason_of(TraceFormat::swf, swf(row)); };
  CHECK(reason("1 0 5 -1 16 -1 -1 16 -1 -1 -1 4 2 -1 -1 1 -1 -1") ==
        "it isn't known how long it ran");
  CHECK(reason("1 0 5 -1 16 -1 -1 16 -1 -1 5 4 2 -1 -1 1 -1 -1") ==
        "it was cancelled before it ran");
  CHECK(reason("1 0 5 9 -1 -1 -1 -1 -1 -1 1 4 2 -1 -1 1 -1 -1") ==
        "it isn't known how many processors it had");
  CHECK(reason("1 0 5 9 1 -1 -1 1 -1 -1 3 4 2 -1 -1 1 -1 -1") ==
        "status 3: a part of a job that was interrupted; the whole has its own line");
  CHECK(reason("1 -5 5 9 1 -1 -1 1 -1 -1 1 4 2 -1 -1 1 -1 -1") ==
        "submit time must be seconds from 0, not \"-5\"");
  CHECK(reason("1 0 5 9 1") == "the line has 5 fields and not 18");
}

TEST_CASE("a job of Philly ran as long as its attempts together") {
  const auto trace = parsed(TraceFormat::philly, R"([
    {"status":"Pass","vc":"6c71a0","jobid":"application_1","user":"u1",
     "submitted_time":"2017-10-09 07:00:00",
     "attempts":[
       {"start_time":"2017-10-09 07:01:00","end_time":"2017-10-09 07:02:00",
        "detail":[{"ip":"m1","gpus":["gpu0"]}]},
       {"start_time":"2017-10-09 08:00:00","end_time":"2017-10-09 08:10:30",
        "detail":[{"ip":"m1","gpus":["gpu0","gpu1"]},{"ip":"m2","gpus":["gpu3"]}]},
       {"start_time":"None","end_time":"None","detail":[]}]}])");
  REQUIRE(trace.jobs.size() == 1);
  CHECK(trace.tenants == std::vector<std::string>{"6c71a0"});
  CHECK(trace.jobs[0] == TraceJob{.line = 1,
                                  .run_ms = 690'000,
                                  .recorded_wait_ms = 60'000,
                                  .gpu_count = 3,
                                  .outcome = TraceOutcome::completed});
}

TEST_CASE("elements of Philly that are no job are refused with the reason") {
  const auto reason = [](std::string_view element) {
    return reason_of(TraceFormat::philly, "[" + std::string(element) + "]");
  };
  CHECK(reason("7") == "the element is no object");
  CHECK(reason(R"({"submitted_time":"2017-10-09 07:00:00","attempts":[]})") ==
        "it never ran: no attempt has a start_time");
  CHECK(reason(R"({"submitted_time":"None","attempts":[]})") ==
        "submitted_time must be a time such as 2017-10-09 07:45:00, not \"None\"");
  CHECK(reason(R"({"submitted_time":"2017-10-09 07:00:00","attempts":[
                   {"start_time":"2017-10-09 07:01:00","end_time":"None"}]})") ==
        "an attempt has a start_time and no end_time");
  CHECK(reason(R"({"submitted_time":"2017-10-09 07:00:00","attempts":[
                   {"start_time":"2017-10-09 07:01:00","end_time":"2017-10-09 07:00:59"}]})") ==
        "an attempt's end_time is before its start_time");
  CHECK(reason(R"({"submitted_time":"2017-10-09 07:00:00","attempts":[
                   {"start_time":"2017-10-09 07:01:00","end_time":"2017-10-09 07:02:00"}]})") ==
        "none of its attempts says on which GPUs it ran");
  CHECK_THAT(reason_of(TraceFormat::philly, "[{]"),
             Catch::StartsWith("the file is no JSON array of jobs"));
}

TEST_CASE("a job of Helios is read by the names of its columns") {
  const auto trace =
      parsed(TraceFormat::helios, helios("77,u1,vcA,16,64,2,TIMEOUT,2020-04-01 00:00:00,"
                                         "2020-04-01 00:01:00,2020-04-01 01:01:00,3600,60"));
  REQUIRE(trace.jobs.size() == 1);
  CHECK(trace.tenants == std::vector<std::string>{"vcA"});
  CHECK(trace.jobs[0] == TraceJob{.line = 2,
                                  .run_ms = 3'600'000,
                                  .recorded_wait_ms = 60'000,
                                  .gpu_count = 16,
                                  .cpu_count = 64,
                                  .outcome = TraceOutcome::failed});
}

TEST_CASE("what a job of Helios lacks is taken from its times, or makes it a bad line") {
  const auto trace =
      parsed(TraceFormat::helios, helios("77,u1,vcA,0,4,1,CANCELLED,2020-04-01 00:00:00,"
                                         "2020-04-01 00:01:00,2020-04-01 01:01:00,None,"));
  REQUIRE(trace.jobs.size() == 1);
  CHECK(trace.jobs[0].run_ms == 3'600'000);
  CHECK(trace.jobs[0].recorded_wait_ms == 60'000);
  CHECK(trace.jobs[0].gpu_count == 0);
  CHECK(trace.jobs[0].outcome == TraceOutcome::cancelled);
  CHECK(reason_of(TraceFormat::helios,
                  helios("77,u1,vcA,1,4,1,CANCELLED,2020-04-01 00:00:00,None,None,None,None")) ==
        "it never ran: no duration, start_time or end_time");
  CHECK(reason_of(TraceFormat::helios,
                  helios("77,u1,vcA,1,4,1,FAILED,2020-04-01 00:00:00,2020-04-01 00:00:02,"
                         "2020-04-01 00:00:01,None,None")) == "end_time is before start_time");
}

TEST_CASE("a pod of Alibaba has a share of a GPU, several whole ones, or none") {
  const auto trace =
      parsed(TraceFormat::alibaba_pods,
             pods("a,500,2048,1,460,,LS,Running,100,400,110.0\n"
                  "b,8000,30517,4,1000,V100M16|V100M32,Guaranteed,Failed,100,400,100\n"
                  "c,1001,1,0,0,,BE,Succeeded,100,400,100"));
  REQUIRE(trace.jobs.size() == 3);
  CHECK(trace.tenants == std::vector<std::string>{"LS", "Guaranteed", "BE"});
  CHECK(trace.jobs[0] == TraceJob{.line = 2,
                                  .run_ms = 290'000,
                                  .recorded_wait_ms = 10'000,
                                  .gpu_count = 1,
                                  .gpu_milli = 460,
                                  .cpu_count = 1,
                                  .memory_mib = 2'048});
  CHECK(trace.jobs[1].gpu_count == 4);
  CHECK(trace.jobs[1].outcome == TraceOutcome::failed);
  CHECK(trace.jobs[2].gpu_count == 0);
  CHECK(trace.jobs[2].gpu_milli == 1'000);
  CHECK(trace.jobs[2].cpu_count == 2);
}

TEST_CASE("pods that are no job are refused with the reason") {
  const auto reason = [](std::string_view row) {
    return reason_of(TraceFormat::alibaba_pods, pods(row));
  };
  CHECK(reason("a,500,1,1,460,,LS,Pending,100,400,") == "it was never scheduled");
  CHECK(reason("a,500,1,1,460,,LS,Running,100,,110") == "it has no end");
  CHECK(reason("a,500,1,1,460,,LS,Running,100,105,110") ==
        "deletion_time is before scheduled_time");
  CHECK(reason("a,500,1,1,460,,LS,Running,120,400,110") ==
        "scheduled_time is before creation_time");
  CHECK(reason("a,500,1,2,500,,LS,Running,100,400,110") ==
        "shares of 2 GPUs: only a single one is shared");
  CHECK(reason("a,500,1,1,0,,LS,Running,100,400,110") == "gpu_milli is 0 of a pod with GPUs");
  CHECK(reason("a,500,1,1,1001,,LS,Running,100,400,110") == "gpu_milli \"1001\" is more than 1000");
}

TEST_CASE("nodes of Alibaba that are alike are counted together") {
  const auto trace = parsed(TraceFormat::alibaba_nodes,
                            "sn,cpu_milli,memory_mib,gpu,model\n"
                            "n1,64000,262144,2,P100\nn2,64000,262144,2,P100\n"
                            "n3,96000,786432,8,G2\nn4,94000,262144,0,\nn5,x,1,0,\n");
  CHECK(trace.nodes == std::vector<TraceNodes>{{"P100", 2, 2, 64, 262'144},
                                               {"G2", 1, 8, 96, 786'432},
                                               {"", 1, 0, 94, 262'144}});
  REQUIRE(trace.bad_lines.size() == 1);
  CHECK(trace.bad_lines[0] ==
        BadLine{"small", 6, "cpu_milli must be a whole number from 0, not \"x\""});
}

TEST_CASE("a request to a language model holds a share of a GPU for as long as its tokens take") {
  const auto trace = parsed(TraceFormat::azure_llm,
                            "TIMESTAMP,ContextTokens,GeneratedTokens\n"
                            "2023-11-16 18:17:03.9799600,4808,10\n"
                            "2023-11-16 18:17:04.0319600,3180,8\n");
  REQUIRE(trace.jobs.size() == 2);
  CHECK(trace.jobs[0].run_ms == 681);
  CHECK(trace.jobs[0].gpu_count == 1);
  CHECK(trace.jobs[0].gpu_milli == 50);
  CHECK(trace.jobs[1].submit_ms == 52);
}

TEST_CASE("fields may be quoted, and columns in any order and among others") {
  const auto trace = parsed(TraceFormat::elasticflow,
                            "\xEF\xBB\xBFnum_gpu,note,\"duration\",submission_time\r\n"
                            "\r\n"
                            "\"2\",\"a \"\"quoted\"\" word, and more\",10,0\r\n");
  CHECK(trace.bad_lines.empty());
  REQUIRE(trace.jobs.size() == 1);
  CHECK(trace.jobs[0] == TraceJob{.line = 3, .run_ms = 10'000, .gpu_count = 2});
}
