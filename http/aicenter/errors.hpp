#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/system/result.hpp>

#include "http/auth/request_identity.hpp"
#include "http/server/message.hpp"

namespace orrery::aicenter {

/// Numbers of Slurm 22.05's errors, as its slurm_errno.h counts them.
namespace slurm_errno {
inline constexpr int unspecified = -1;
inline constexpr int invalid_partition_name = 2000;
inline constexpr int access_denied = 2002;
inline constexpr int nodes_not_in_partition = 2004;
inline constexpr int too_many_requested_cpus = 2005;
inline constexpr int invalid_node_count = 2006;
inline constexpr int cannot_create_job = 2007;
inline constexpr int job_missing_size = 2008;
inline constexpr int job_script_missing = 2009;
inline constexpr int user_id_missing = 2010;
inline constexpr int duplicate_job_id = 2011;
inline constexpr int pathname_too_long = 2012;
inline constexpr int requested_node_config_unavailable = 2014;
inline constexpr int invalid_job_id = 2017;
inline constexpr int invalid_node_name = 2018;
inline constexpr int job_not_alterable = 2020;
inline constexpr int already_done = 2021;
inline constexpr int job_pending = 2024;
inline constexpr int invalid_task_count = 2025;
inline constexpr int invalid_feature = 2029;
inline constexpr int not_supported = 2036;
inline constexpr int disabled = 2037;
inline constexpr int dependency = 2038;
inline constexpr int batch_only = 2039;
inline constexpr int job_held = 2042;
inline constexpr int invalid_task_memory = 2044;
inline constexpr int invalid_account = 2045;
inline constexpr int invalid_licenses = 2048;
inline constexpr int accounting_policy = 2050;
inline constexpr int invalid_time_limit = 2051;
inline constexpr int reservation_access = 2052;
inline constexpr int reservation_invalid = 2053;
inline constexpr int invalid_time_value = 2054;
inline constexpr int invalid_qos = 2066;
inline constexpr int node_not_available = 2068;
inline constexpr int invalid_cpu_count = 2069;
inline constexpr int partition_not_available = 2070;
inline constexpr int circular_dependency = 2071;
inline constexpr int invalid_gres = 2072;
inline constexpr int job_not_pending = 2073;
inline constexpr int invalid_array = 2081;
inline constexpr int job_started = 2083;
inline constexpr int job_finished = 2084;
inline constexpr int job_not_running = 2085;
inline constexpr int job_not_pending_nor_running = 2086;
inline constexpr int partition_down = 2101;
inline constexpr int invalid_nice = 2123;
inline constexpr int invalid_time_min = 2124;
inline constexpr int environment_missing = 2127;
inline constexpr int missing_time_limit = 8000;
inline constexpr int rest_invalid_query = 9000;
inline constexpr int rest_fail_parsing = 9001;
inline constexpr int rest_invalid_jobs_description = 9002;
inline constexpr int rest_empty_result = 9003;
}  // namespace slurm_errno

/// What `slurm_strerror` says of a number; "Unspecified error" of one that isn't known.
std::string_view words_of(int number);

/// Which of slurmrestd's plugins answers; its answers say so in `meta`.
enum class Face : std::uint8_t {
  /// openapi/v0.0.38, below /slurm/v0.0.38.
  slurm,
  /// openapi/dbv0.0.38, below /slurmdb/v0.0.38.
  slurmdb,
  /// Orrery's own, below /orrery/v1/center: refusals are RFC 9457 problems.
  native,
};

/// One entry of `errors`. What is empty or 0 is left out.
struct SlurmError {
  std::string description;
  /// Under "error_number"; -1 is written.
  int number = 0;
  /// Under "error_code", where slurmrestd says it so.
  int code = 0;
  std::string error;
  /// Function of Slurm that failed there, or of ours.
  std::string source;
};

/// Why a request gets nothing.
struct Refusal {
  unsigned status = 500;
  std::vector<SlurmError> errors;
  /// List that the answer has all the same, empty, such as "jobs"; static text.
  std::string_view member;
  /// Instead of all that: the whole body, text/plain. Static text.
  std::string_view text;
  std::vector<std::pair<std::string, std::string>> headers = {};
};
[[noreturn]] void throw_exception_from_error(const Refusal& refusal,
                                             const boost::source_location& location);

/// The refusal in the form of a face.
Response refused(const Refusal& refusal, Face face);

/// 500 with `{"description":…,"error_number":…,"error":…,"source":…}`, as slurmrestd answers most
/// of what goes wrong. Native routes show it as the status that `status_of` names.
Refusal slurm_error(int number, std::string description, std::string source,
                    std::string_view member = {});
/// The same as `{"error_code":…,"error":…}`: what submitting and updating answer.
Refusal slurm_error_code(int number, std::string description = {});
/// 400 `Unknown key "…"`, with 9001.
Refusal unknown_key(std::string_view key);
/// 400 with a description and 9001: a value that isn't of its type.
Refusal unparsable(std::string description, std::string source);

/// The status that says what a number means, where the dialect lets it be said: 404 of 2017, 403 of
/// 2002 …; 400 of most.
unsigned status_of(int number);

/// 401 "Authentication failure", as slurmrestd answers without credentials; here for bad ones too.
Refusal authentication_failure();
/// 403 as error 2002 with who is suspended, until when and why.
Refusal access_denied(std::string description, std::string source);
/// 400 or 409.
Refusal refusal_of(KeyProblem problem);
/// 422: another request had this Idempotency-Key.
Refusal idempotency_key_reused();
/// 503: too many commands are on their way, or the log takes no writes. Retrying later helps.
Refusal unavailable();
/// What the edge itself refuses: 404 and 405 in slurmrestd's words.
Refusal fault_refusal(const Fault& fault);

/// How an answer of a face begins: `{"meta":{…},"errors":[]`. The caller goes on with
/// `,"jobs":[…]}`.
std::string_view answer_head(Face face);
/// 200 with `,"<member>":<json>` after the head and the closing brace.
Response answered(Face face, std::string_view member, std::string_view json);
/// 200 with nothing but the head.
Response answered(Face face);

}  // namespace orrery::aicenter
