#include "http/aicenter/errors.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>
#include <boost/algorithm/string/case_conv.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "http/server/status.hpp"

namespace orrery::aicenter {

namespace {

namespace json = boost::json;

struct Words {
  int number;
  std::string_view text;
};

/// As libslurm 22.05.8 says them; ascending.
constexpr std::array table{
    Words{11, "Resource temporarily unavailable"},
    Words{2000, "Invalid partition name specified"},
    Words{2001, "No partition specified or system default partition"},
    Words{2002, "Access/permission denied"},
    Words{2003, "User's group not permitted to use this partition"},
    Words{2004, "Requested nodes not in this partition"},
    Words{2005, "More processors requested than permitted"},
    Words{2006, "Node count specification invalid"},
    Words{2007, "Unable to create job record, try again"},
    Words{2008, "Job size specification needs to be provided"},
    Words{2009, "Job script not specified"},
    Words{2010, "Invalid user id"},
    Words{2011, "Duplicate job id"},
    Words{2012, "Pathname of a file, directory or other parameter too long"},
    Words{2014, "Requested node configuration is not available"},
    Words{2017, "Invalid job id specified"},
    Words{2018, "Invalid node name specified"},
    Words{2020, "Job can not be altered now, try again later"},
    Words{2021, "Job/step already completing or completed"},
    Words{2024, "Job is pending execution"},
    Words{2025, "Task count specification invalid"},
    Words{2029, "Invalid feature specification"},
    Words{2036, "Requested operation not supported on this system"},
    Words{2037, "Requested operation is presently disabled"},
    Words{2038, "Job dependency problem"},
    Words{2039, "Only batch jobs are accepted or processed"},
    Words{2042, "Job is in held state, pending scheduler release"},
    Words{2044, "Memory required by task is not available"},
    Words{2045, "Invalid account or account/partition combination specified"},
    Words{2048, "Invalid license specification"},
    Words{2050,
          "Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)"},
    Words{2051, "Requested time limit is invalid (missing or exceeds some limit)"},
    Words{2052, "Access denied to requested reservation"},
    Words{2053, "Requested reservation is invalid"},
    Words{2054, "Invalid time specified"},
    Words{2066, "Invalid qos specification"},
    Words{2068, "Required node not available (down, drained or reserved)"},
    Words{2069, "CPU count specification invalid"},
    Words{2070, "Required partition not available (inactive or drain)"},
    Words{2071, "Circular job dependency"},
    Words{2072, "Invalid generic resource (gres) specification"},
    Words{2073, "Job is no longer pending execution"},
    Words{2081, "Invalid job array specification"},
    Words{2083, "Job has already started"},
    Words{2084, "Job has already finished"},
    Words{2085, "Job is not running"},
    Words{2086, "Job is not pending nor running"},
    Words{2101, "Partition in DOWN state"},
    Words{2123, "Invalid --nice value"},
    Words{2124, "Invalid time-min specification (exceeds job's time or other limits)"},
    Words{2127, "Environment is missing in job"},
    Words{7000, "Unable to connect to database"},
    Words{8000, "Time limit specification required, but not provided"},
    Words{9000, "Query empty or not RFC7320 compliant"},
    Words{9001, "Failure during parsing"},
    Words{9002, "Jobs description entry not found, empty or not dictionary or list"},
    Words{9003, "Nothing found with query"},
};

static_assert(std::is_sorted(table.begin(), table.end(), [](const Words& one, const Words& other) {
  return one.number < other.number;
}));

#define ORRERY_SLURM_VERSION \
  R"("Slurm":{"version":{"major":22,"micro":8,"minor":5},"release":"22.05.8"}})"
constexpr std::string_view slurm_meta =
    R"({"plugin":{"type":"openapi/v0.0.38","name":"Slurm OpenAPI v0.0.38"},)" ORRERY_SLURM_VERSION;
constexpr std::string_view slurm_head =
    R"({"meta":{"plugin":{"type":"openapi/v0.0.38","name":"Slurm OpenAPI v0.0.38"},)" ORRERY_SLURM_VERSION
    R"(,"errors":[])";
constexpr std::string_view slurmdb_meta =
    R"({"plugin":{"type":"openapi/dbv0.0.38","name":"Slurm OpenAPI DB v0.0.38"},)" ORRERY_SLURM_VERSION;
constexpr std::string_view slurmdb_head =
    R"({"meta":{"plugin":{"type":"openapi/dbv0.0.38","name":"Slurm OpenAPI DB v0.0.38"},)" ORRERY_SLURM_VERSION
    R"(,"errors":[])";
#undef ORRERY_SLURM_VERSION

json::object error_json(const SlurmError& error) {
  json::object object;
  if (!error.description.empty()) object["description"] = error.description;
  if (error.number != 0) object["error_number"] = error.number;
  if (error.code != 0) object["error_code"] = error.code;
  if (!error.error.empty()) object["error"] = error.error;
  if (!error.source.empty()) object["source"] = error.source;
  return object;
}

/// What people are to read of a refusal, in one sentence.
std::string sentence_of(const Refusal& refusal) {
  if (!refusal.text.empty()) return std::string(refusal.text);
  if (refusal.errors.empty()) return {};
  const auto& first = refusal.errors.front();
  return first.description.empty() ? first.error : first.description;
}

Response native_problem(const Refusal& refusal) {
  auto status = refusal.status;
  if (status == 500 && !refusal.errors.empty()) {
    const auto& first = refusal.errors.front();
    status = status_of(first.number != 0 ? first.number : first.code);
  }
  auto code = boost::algorithm::to_lower_copy(std::string(reason(status)));
  std::ranges::replace(code, ' ', '_');
  const auto sentence = sentence_of(refusal);
  auto response = problem({status, code, sentence});
  response.headers = refusal.headers;
  return response;
}

}  // namespace

std::string_view words_of(int number) {
  const auto found =
      std::lower_bound(table.begin(), table.end(), number,
                       [](const Words& words, int wanted) { return words.number < wanted; });
  return found != table.end() && found->number == number ? found->text : "Unspecified error";
}

Response refused(const Refusal& refusal, Face face) {
  if (face == Face::native) return native_problem(refusal);
  Response response;
  response.status = refusal.status;
  response.headers = refusal.headers;
  if (!refusal.text.empty()) {
    response.content_type = "text/plain";
    response.body = refusal.text;
    return response;
  }
  json::array errors;
  for (const auto& error : refusal.errors) errors.push_back(error_json(error));
  response.body =
      fmt::format(R"({{"meta":{},"errors":{})", face == Face::slurm ? slurm_meta : slurmdb_meta,
                  json::serialize(errors));
  if (!refusal.member.empty()) response.body += fmt::format(R"(,"{}":[])", refusal.member);
  response.body += '}';
  return response;
}

Refusal slurm_error(int number, std::string description, std::string source,
                    std::string_view member) {
  Refusal refusal;
  refusal.errors.push_back(
      {std::move(description), number, 0, std::string(words_of(number)), std::move(source)});
  refusal.member = member;
  return refusal;
}

Refusal slurm_error_code(int number, std::string description) {
  Refusal refusal;
  refusal.errors.push_back({std::move(description), 0, number, std::string(words_of(number)), {}});
  return refusal;
}

Refusal unparsable(std::string description, std::string source) {
  auto refusal = slurm_error_code(slurm_errno::rest_fail_parsing);
  refusal.status = 400;
  refusal.errors.insert(refusal.errors.begin(),
                        SlurmError{std::move(description), 0, 0, {}, std::move(source)});
  return refusal;
}

Refusal unknown_key(std::string_view key) {
  return unparsable(fmt::format("Unknown key \"{}\"", key), "hsearch_r");
}

unsigned status_of(int number) {
  switch (number) {
    case slurm_errno::invalid_job_id:
    case slurm_errno::rest_empty_result:
      return 404;
    case slurm_errno::access_denied:
    case slurm_errno::disabled:
      return 403;
    case slurm_errno::already_done:
    case slurm_errno::job_not_pending:
    case slurm_errno::job_not_running:
    case slurm_errno::job_finished:
    case slurm_errno::job_started:
    case slurm_errno::duplicate_job_id:
      return 409;
    case slurm_errno::unspecified:
      return 500;
    default:
      return 400;
  }
}

Refusal authentication_failure() {
  Refusal refusal;
  refusal.status = 401;
  refusal.text = "Authentication failure";
  return refusal;
}

Refusal access_denied(std::string description, std::string source) {
  auto refusal = slurm_error(slurm_errno::access_denied, std::move(description), std::move(source));
  refusal.status = 403;
  return refusal;
}

namespace {

Refusal plain(unsigned status, std::string_view text) {
  Refusal refusal;
  refusal.status = status;
  refusal.text = text;
  return refusal;
}

}  // namespace

Refusal refusal_of(KeyProblem problem) {
  if (problem == KeyProblem::malformed) return plain(400, key_malformed_sentence);
  auto refusal =
      plain(409, "The first request with this Idempotency-Key has not been answered yet.");
  refusal.headers.emplace_back("Retry-After", "1");
  return refusal;
}

Refusal idempotency_key_reused() {
  return plain(422, "Idempotency-Key was used for another request before.");
}

Refusal unavailable() {
  auto refusal = slurm_error(slurm_errno::unspecified,
                             "Nothing can be changed now, try again later", "orrery");
  refusal.status = 503;
  refusal.headers.emplace_back("Retry-After", "1");
  return refusal;
}

Refusal fault_refusal(const Fault& fault) {
  if (fault.status == 404)
    return plain(404, "Unable find requested URL. Please view /openapi/v3 for API reference.");
  if (fault.status == 405)
    return plain(405,
                 "Requested REST method is not defined at URL. Please view /openapi/v3 for API "
                 "reference.");
  return plain(fault.status, fault.message);
}

std::string_view answer_head(Face face) {
  return face == Face::slurmdb ? slurmdb_head : slurm_head;
}

Response answered(Face face, std::string_view member, std::string_view json) {
  Response response;
  response.body = fmt::format(R"({},"{}":{}}})", answer_head(face), member, json);
  return response;
}

Response answered(Face face) {
  Response response;
  response.body = fmt::format("{}}}", answer_head(face));
  return response;
}

void throw_exception_from_error(const Refusal& refusal, const boost::source_location&) {
  throw std::logic_error("what was refused was used: " + sentence_of(refusal));
}

}  // namespace orrery::aicenter
