#include "drivers/slurm/port/slurm_rest.hpp"

#include <memory>
#include <mutex>

#include <curl/curl.h>
#include <fmt/format.h>
#include <boost/algorithm/string/trim.hpp>

#include "drivers/runs/file_text.hpp"
#include "drivers/slurm/port/rest_texts.hpp"
#include "drivers/slurm/port/slurm_trouble.hpp"

namespace orrery {
namespace {

/// 3 kB a job.
constexpr curl_off_t answer_bytes_max = 512 << 20;

struct EasyCleanup {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
using Easy = std::unique_ptr<CURL, EasyCleanup>;

struct ListCleanup {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Headers = std::unique_ptr<curl_slist, ListCleanup>;

void add_header(Headers& headers, const std::string& line) {
  headers.reset(curl_slist_append(headers.release(), line.c_str()));
}

std::size_t keep(char* bytes, std::size_t size, std::size_t count, void* answer) {
  auto& text = *static_cast<std::string*>(answer);
  if (text.size() + size * count > answer_bytes_max) return 0;
  text.append(bytes, size * count);
  return size * count;
}

Easy new_request(const std::string& url, std::chrono::milliseconds deadline, std::string& answer) {
  static std::once_flag initialized;
  std::call_once(initialized, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  Easy easy(curl_easy_init());
  curl_easy_setopt(easy.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy.get(), CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(easy.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(deadline.count()));
  curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, keep);
  curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &answer);
  return easy;
}

SlurmFailure not_understood(std::string_view what) {
  return {SlurmTrouble::unknown, fmt::format("slurmrestd told no {}", what)};
}

}  // namespace

SlurmRest::SlurmRest(const SlurmAccess& access) : access_(access) {}

SlurmResult<boost::json::object> SlurmRest::ask(std::string_view method, const std::string& path,
                                                const std::string& body) const {
  const auto token = boost::algorithm::trim_copy(read_file_text(access_.rest_token_file.string()));
  if (token.empty())
    return SlurmFailure{SlurmTrouble::unusable,
                        fmt::format("there is no token in {}", access_.rest_token_file.string())};
  std::string answer;
  const auto easy =
      new_request(access_.rest_url + "/slurm/v0.0.38" + path, access_.deadline, answer);
  Headers headers;
  add_header(headers, "X-SLURM-USER-NAME: " + access_.rest_user);
  add_header(headers, "X-SLURM-USER-TOKEN: " + token);
  add_header(headers, "Content-Type: application/json");
  add_header(headers, "Expect:");  // It answers at once.
  curl_easy_setopt(easy.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(easy.get(), CURLOPT_CUSTOMREQUEST, std::string(method).c_str());
  if (!body.empty()) {
    curl_easy_setopt(easy.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(easy.get(), CURLOPT_POSTFIELDS, body.c_str());
  }
  if (const auto result = curl_easy_perform(easy.get()); result != CURLE_OK)
    return SlurmFailure{SlurmTrouble::unknown,
                        fmt::format("slurmrestd: {}", curl_easy_strerror(result))};
  long status = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  return read_rest_answer(answer, static_cast<unsigned>(status));
}

SlurmResult<std::uint64_t> SlurmRest::submit(const SlurmOrder& order) {
  const auto answer = ask("POST", "/job/submit", rest_submission(order));
  if (!answer) return answer.error();
  if (const auto id = read_rest_job_id(*answer)) return *id;
  return not_understood("number of a job");
}

SlurmResult<std::vector<SlurmJob>> SlurmRest::jobs() {
  const auto answer = ask("GET", "/jobs");
  if (!answer) return answer.error();
  if (auto jobs = read_rest_jobs(*answer, access_.rest_user)) return std::move(*jobs);
  return not_understood("list of jobs");
}

SlurmResult<std::vector<SlurmNode>> SlurmRest::nodes() {
  const auto answer = ask("GET", "/nodes");
  if (!answer) return answer.error();
  if (auto nodes = read_rest_nodes(*answer)) return std::move(*nodes);
  return not_understood("list of nodes");
}

SlurmResult<std::vector<SlurmPartition>> SlurmRest::partitions() {
  const auto answer = ask("GET", "/partitions");
  if (!answer) return answer.error();
  if (auto partitions = read_rest_partitions(*answer)) return std::move(*partitions);
  return not_understood("list of partitions");
}

SlurmResult<SlurmController> SlurmRest::controller() {
  const auto answer = ask("GET", "/diag");
  if (!answer) return answer.error();
  if (auto controller = read_rest_controller(*answer)) return *controller;
  return not_understood("time since when it counts");
}

SlurmResult<void> SlurmRest::end(std::uint64_t id, const std::string& name,
                                 const std::string& query) const {
  const auto path = fmt::format("/job/{}", id);
  const auto found = ask("GET", path);
  if (!found) return says_no_such_job(found.error().message) ? SlurmResult<void>() : found.error();
  const auto jobs = read_rest_jobs(*found, access_.rest_user);
  if (!jobs) return not_understood("list of jobs");
  if (jobs->empty() || jobs->front().name != name || has_ended(jobs->front().state)) return {};
  const auto ended = ask("DELETE", path + query);
  if (!ended && !says_no_such_job(ended.error().message)) return ended.error();
  return {};
}

SlurmResult<void> SlurmRest::cancel(std::uint64_t id, const std::string& name) {
  return end(id, name, "");
}

SlurmResult<void> SlurmRest::signal(std::uint64_t id, const std::string& name, int signal) {
  return end(id, name, fmt::format("?signal={}", signal));
}

}  // namespace orrery
