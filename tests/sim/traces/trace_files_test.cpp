#include <chrono>
#include <cstdlib>
#include <fstream>

#include <catch2/catch.hpp>

#include "sim/traces/read_trace.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace orrery;

namespace {

namespace fs = std::filesystem;

void write(const fs::path& file, std::string_view text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

constexpr std::string_view elasticflow =
    "job_id,submission_time,duration,num_gpu\na,0,1,1\nb,x,1,1\n";
constexpr std::string_view pods =
    "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,"
    "deletion_time,scheduled_time\na,1000,1,1,1000,,LS,Running,0,9,1\n";
constexpr std::string_view nodes = "sn,cpu_milli,memory_mib,gpu,model\nn,64000,1024,2,P100\n";

/// The published traces, which are not part of this project; ORRERY_TRACES names their folder.
std::optional<fs::path> published_traces() {
  const char* folder = std::getenv("ORRERY_TRACES");
  if (folder != nullptr && fs::is_directory(folder)) return folder;
  WARN("skipped: ORRERY_TRACES doesn't name a folder with the published traces");
  return std::nullopt;
}

std::size_t job_count(const std::vector<Trace>& traces) {
  std::size_t count = 0;
  for (const auto& trace : traces) count += trace.jobs.size();
  return count;
}

std::size_t bad_line_count(const std::vector<Trace>& traces) {
  std::size_t count = 0;
  for (const auto& trace : traces) count += trace.bad_lines.size();
  return count;
}

}  // namespace

TEST_CASE("formats are recognised by how their files begin") {
  CHECK(recognise_trace(elasticflow) == TraceFormat::elasticflow);
  CHECK(recognise_trace(pods) == TraceFormat::alibaba_pods);
  CHECK(recognise_trace(nodes) == TraceFormat::alibaba_nodes);
  CHECK(recognise_trace("TIMESTAMP,ContextTokens,GeneratedTokens\n") == TraceFormat::azure_llm);
  CHECK(recognise_trace("gpu_num,cpu_num,node_num,state,submit_time,start_time,end_time,duration,"
                        "queue,vc,job_id,user") == TraceFormat::helios);
  CHECK(recognise_trace("\n\n [{\"status\":\"Pass\"}]") == TraceFormat::philly);
  CHECK(recognise_trace("; Version: 2.2\n") == TraceFormat::swf);
  CHECK(recognise_trace("  1 0 5 3600 16 -1 -1 16 -1 -1 1 4 2 -1 -1 1 -1 -1\n") ==
        TraceFormat::swf);
  CHECK(recognise_trace("MIT License\n") == std::nullopt);
  CHECK(recognise_trace("") == std::nullopt);
}

TEST_CASE("formats have names") {
  CHECK(trace_format_named("alibaba") == TraceFormat::alibaba_pods);
  CHECK(trace_format_named("azure-llm") == TraceFormat::azure_llm);
  CHECK(trace_format_named("auto") == std::nullopt);
}

TEST_CASE("a file is a trace of its name, and its bad lines name the file") {
  const ScratchFolder scratch;
  const auto file = scratch.path() / "one.csv";
  write(file, elasticflow);
  const auto trace = read_trace(file);
  REQUIRE(trace.has_value());
  CHECK(trace->name == "one");
  CHECK(trace->jobs.size() == 1);
  REQUIRE(trace->bad_lines.size() == 1);
  CHECK(trace->bad_lines[0].file == file.string());
}

TEST_CASE("a directory is all of its traces, in order of their names") {
  const ScratchFolder scratch;
  write(scratch.path() / "b.csv", elasticflow);
  write(scratch.path() / "a" / "c.swf", "1 0 5 3600 16 -1 -1 16 -1 -1 1 4 2 -1 -1 1 -1 -1\n");
  write(scratch.path() / "LICENSE", "MIT License\n");
  write(scratch.path() / "strange.csv", "a,b,c\n1,2,3\n");
  const auto traces = read_traces(scratch.path());
  REQUIRE(traces.has_value());
  REQUIRE(traces->size() == 3);
  CHECK((*traces)[0].name == "c");
  CHECK((*traces)[1].name == "b");
  CHECK((*traces)[2].jobs.empty());
  REQUIRE((*traces)[2].bad_lines.size() == 1);
  CHECK((*traces)[2].bad_lines[0].reason == "it begins like no trace that we read");
}

TEST_CASE("traces of one name are told apart") {
  const ScratchFolder scratch;
  write(scratch.path() / "a" / "jobs.csv", elasticflow);
  write(scratch.path() / "b" / "jobs.csv", elasticflow);
  const std::vector<std::filesystem::path> paths{scratch.path() / "a", scratch.path() / "b"};
  const auto traces = read_traces(paths);
  REQUIRE(traces.has_value());
  REQUIRE(traces->size() == 2);
  CHECK((*traces)[0].name == "jobs");
  CHECK((*traces)[1].name == "jobs (2)");
}

TEST_CASE("machines beside Alibaba's pods are theirs, and those of a second list don't count") {
  const ScratchFolder scratch;
  write(scratch.path() / "pods.csv", pods);
  write(scratch.path() / "nodes_all.csv", nodes);
  write(scratch.path() / "nodes_gpu.csv", nodes);
  const auto traces = read_traces(scratch.path());
  REQUIRE(traces.has_value());
  REQUIRE(traces->size() == 1);
  CHECK((*traces)[0].jobs.size() == 1);
  REQUIRE((*traces)[0].nodes.size() == 1);
  CHECK((*traces)[0].nodes[0].node_count == 1);
  REQUIRE((*traces)[0].bad_lines.size() == 1);
  CHECK((*traces)[0].bad_lines[0].reason == "the machines of nodes_all.csv count");
}

TEST_CASE("machines without pods are a trace without jobs") {
  const ScratchFolder scratch;
  write(scratch.path() / "nodes.csv", nodes);
  const auto traces = read_traces(scratch.path());
  REQUIRE(traces.has_value());
  REQUIRE(traces->size() == 1);
  CHECK((*traces)[0].nodes.size() == 1);
  const auto file = read_trace(scratch.path() / "nodes.csv", TraceFormat::alibaba_pods);
  REQUIRE(file.has_value());
  CHECK(file->nodes.size() == 1);
}

TEST_CASE("what is no trace at all says what to do") {
  const ScratchFolder scratch;
  CHECK_THAT(read_trace(scratch.path() / "none").error().message, Catch::EndsWith("is not there"));
  CHECK_THAT(read_trace(scratch.path()).error().message, Catch::EndsWith("is no file"));
  CHECK_THAT(read_traces(scratch.path()).error().message,
             Catch::EndsWith("has no file that begins like a trace"));
  write(scratch.path() / "packed.csv", "\x1F\x8B\x08");
  CHECK_THAT(read_trace(scratch.path() / "packed.csv").error().message,
             Catch::Contains("is compressed: gunzip"));
  write(scratch.path() / "note", "hello\n");
  CHECK_THAT(read_trace(scratch.path() / "note").error().message,
             Catch::Contains("name its --format"));
}

TEST_CASE("a file that is nearly no trace is refused as a whole") {
  const ScratchFolder scratch;
  std::string text = "; Version: 2\n";
  for (std::size_t i = 0; i < bad_line_count_max + 1; ++i) text += "x\n";
  write(scratch.path() / "x.swf", text);
  CHECK_THAT(read_trace(scratch.path() / "x.swf").error().message,
             Catch::Contains("is it another --format?"));
}

TEST_CASE("the published traces are read to the last line") {
  const auto folder = published_traces();
  if (!folder) return;
  const auto begin = std::chrono::steady_clock::now();
  const auto clusters = read_traces(*folder / "elasticflow");
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  REQUIRE(clusters.has_value());
  CHECK(clusters->size() == 8);
  CHECK(job_count(*clusters) + bad_line_count(*clusters) == 57'957);
  INFO("eight clusters took " << took.count() << " s");
  const auto seth = read_trace(*folder / "hpc2n.swf");
  REQUIRE(seth.has_value());
  CHECK(seth->jobs.size() + seth->bad_lines.size() == 3'170);
  CHECK(seth->nodes.size() == 1);
  const auto requests = read_traces(*folder / "azure-llm");
  REQUIRE(requests.has_value());
  CHECK(requests->size() == 2);
  CHECK(bad_line_count(*requests) == 0);
}
