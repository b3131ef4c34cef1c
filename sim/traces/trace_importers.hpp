#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "sim/traces/trace_draft.hpp"

/// One importer a format, one file an importer. Each reads the whole text into the draft;
/// docs/traces.md says what becomes of the columns, and why.
namespace orrery {

void read_swf(std::string_view text, TraceDraft& draft);
void read_elasticflow(std::string_view text, TraceDraft& draft);
void read_philly(std::string_view text, TraceDraft& draft);
void read_helios(std::string_view text, TraceDraft& draft);
void read_alibaba_pods(std::string_view text, TraceDraft& draft);
void read_alibaba_nodes(std::string_view text, TraceDraft& draft);
void read_azure_llm(std::string_view text, TraceDraft& draft);

/// The columns by which a header is recognised; files may have more.
inline constexpr std::array<std::string_view, 3> elasticflow_columns{"submission_time", "duration",
                                                                     "num_gpu"};
inline constexpr std::array<std::string_view, 9> helios_columns{
    "vc",         "gpu_num",  "cpu_num",  "state", "submit_time",
    "start_time", "end_time", "duration", "queue"};
inline constexpr std::array<std::string_view, 9> alibaba_pod_columns{
    "cpu_milli", "memory_mib",    "num_gpu",       "gpu_milli",     "qos",
    "pod_phase", "creation_time", "deletion_time", "scheduled_time"};
inline constexpr std::array<std::string_view, 5> alibaba_node_columns{"sn", "cpu_milli",
                                                                      "memory_mib", "gpu", "model"};
inline constexpr std::array<std::string_view, 3> azure_llm_columns{"TIMESTAMP", "ContextTokens",
                                                                   "GeneratedTokens"};

/// What a request to a language model costs, for traces that count only its tokens: a model of
/// about 8 billion weights on a GPU of the A100's class, which serves twenty requests at once.
inline constexpr std::int64_t prompt_microseconds_per_token = 100;
inline constexpr std::int64_t answer_microseconds_per_token = 20'000;
inline constexpr std::uint32_t request_gpu_milli = 50;

}  // namespace orrery
