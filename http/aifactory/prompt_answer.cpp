#include "http/aifactory/prompt_answer.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <simdjson.h>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include "http/aifactory/service_json.hpp"
#include "http/json/json_body.hpp"

namespace orrery::aifactory {

namespace {

namespace json = boost::json;

/// Of a model server's body that is shown as it is.
constexpr std::size_t shown_bytes_max = 64 * 1024;

json::value endpoint_json(const ServiceDetails& service) {
  const auto endpoint = endpoint_of(service);
  return endpoint ? json::value(*endpoint) : json::value(nullptr);
}

json::object failure(std::string_view error) { return {{"success", false}, {"error", error}}; }

void add_service(json::object& answer, const ServiceDetails& service) {
  answer["service_id"] = service.id;
  answer["status"] = status_name(service);
  answer["endpoint"] = endpoint_json(service);
}

std::string_view what_became_of(const ServiceDetails& service) {
  if (service.status == ServiceStatus::completed) return "has completed";
  return service.status == ServiceStatus::cancelled ? "was cancelled" : "has failed";
}

/// A sentence within another.
std::string in_parentheses(std::string_view sentence) {
  while (sentence.ends_with('.')) sentence.remove_suffix(1);
  return sentence.empty() ? std::string() : fmt::format(" ({})", sentence);
}

/// Anybody's bytes as text that can be shown: no part of a letter at the end, and nothing of what
/// isn't UTF-8.
std::string shown(std::string_view body) {
  auto end = std::min(body.size(), shown_bytes_max);
  while (end < body.size() && end > 0 && (static_cast<unsigned char>(body[end]) & 0xC0) == 0x80)
    --end;
  body = body.substr(0, end);
  if (!simdjson::validate_utf8(body.data(), body.size())) return "(not text)";
  return std::string(body);
}

/// The body as JSON where it is an object that we would take from a client too: so no number in it
/// is too large to be written again. Else as text.
json::value raw_json(std::string_view body) {
  json::error_code problem;
  if (body.size() <= shown_bytes_max && parse_json_object(body)) {
    auto value = json::parse(json::string_view(body.data(), body.size()), problem);
    if (!problem) return value;
  }
  return json::value(shown(body));
}

json::value count_json(const std::optional<std::int64_t>& count) {
  return count ? json::value(*count) : json::value(nullptr);
}

}  // namespace

json::object prompt_success(const ServiceDetails& service, const Completion& completion,
                            CompletionForm form) {
  return {{"success", true},
          {"response", completion.text.value_or("")},
          {"service_id", service.id},
          {"endpoint", endpoint_json(service)},
          {"endpoint_used", form == CompletionForm::chat ? "chat" : "completions"},
          {"usage", json::object{{"prompt_tokens", count_json(completion.prompt_tokens)},
                                 {"completion_tokens", count_json(completion.completion_tokens)},
                                 {"total_tokens", count_json(completion.total_tokens)}}}};
}

json::object prompt_not_ready(const ServiceDetails& service) {
  auto answer = failure(fmt::format("Service is not ready yet (status: {})", status_name(service)));
  answer["message"] =
      fmt::format("The service is still starting up{}. Please wait a moment and try again.",
                  in_parentheses(service.reason));
  add_service(answer, service);
  return answer;
}

json::object prompt_not_available(const ServiceDetails& service, std::string_view details) {
  auto answer = failure("Service not available");
  answer["message"] =
      service.has_ended() || service.stop_reason
          ? fmt::format("The service {}, so it takes no prompts any more.", what_became_of(service))
          : "The service takes no connections. It may still be starting, or have failed; its logs "
            "say more.";
  add_service(answer, service);
  answer["technical_details"] = details;
  return answer;
}

json::object prompt_fault(const ServiceDetails& service, const UpstreamFault& fault) {
  if (fault.problem == UpstreamProblem::connection_refused)
    return prompt_not_available(service, fault.message);
  auto answer = failure(fmt::format("Failed to connect to VLLM service: {}", fault.message));
  answer["endpoint"] = endpoint_json(service);
  return answer;
}

json::object prompt_refused(const ServiceDetails& service, const UpstreamAnswer& refusal,
                            CompletionForm form) {
  auto answer = failure(fmt::format("vLLM {}returned {}",
                                    form == CompletionForm::completions ? "completions " : "",
                                    refusal.status));
  answer["endpoint"] = endpoint_json(service);
  answer["status_code"] = refusal.status;
  answer["body"] = shown(refusal.body);
  return answer;
}

json::object prompt_without_choices(const ServiceDetails& service, std::string_view body,
                                    CompletionForm form) {
  auto answer = failure(form == CompletionForm::completions
                            ? "No response generated from completions endpoint"
                            : "No response generated");
  answer["raw_response"] = raw_json(body);
  answer["endpoint"] = endpoint_json(service);
  return answer;
}

json::object prompt_all_failed(std::string_view group_id,
                               const std::vector<std::shared_ptr<const ServiceDetails>>& replicas,
                               const std::vector<ReplicaAttempt>& attempts) {
  auto answer = failure("All replicas failed");
  answer["num_replicas"] = replicas.size();
  answer["attempted_replicas"] = attempts.size();
  json::array statuses;
  for (const auto& replica : replicas) {
    const auto attempt = std::find_if(attempts.begin(), attempts.end(), [&](const auto& made) {
      return made.service_id == replica->id;
    });
    statuses.push_back(
        json::object{{"id", replica->id},
                     {"status", status_name(*replica)},
                     {"error", attempt == attempts.end() ? replica->reason : attempt->problem}});
  }
  answer["replica_statuses"] = std::move(statuses);
  answer["group_id"] = group_id;
  return answer;
}

}  // namespace orrery::aifactory
