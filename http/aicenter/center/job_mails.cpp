#include <charconv>

#include <fmt/format.h>

#include "http/aicenter/center/center_call.hpp"
#include "http/aicenter/center/center_resources.hpp"
#include "http/aicenter/sbatch/values.hpp"
#include "http/json/timestamp.hpp"
#include "projections/jobs/job_view.hpp"
#include "storage/event_log.hpp"

namespace orrery::aicenter {
namespace {

/// Mails that were due, whether or not a mail server has taken them.
void list(const Call& call) {
  const auto id = call->parameter(0);
  std::uint32_t number = 0;
  const auto parsed = std::from_chars(id.data(), id.data() + id.size(), number);
  const bool is_number = parsed.ec == std::errc() && parsed.ptr == id.data() + id.size();
  const auto job = is_number ? call->context().jobs->find(number) : std::nullopt;
  if (!job || !call->caller().may_change(job->facts->user)) return call->not_found("job");
  boost::json::array items;
  const auto visit = [&](const StoredEvent& stored) {
    const auto recorded = record(stored);
    if (const auto* noted = std::get_if<JobMailNoted>(&recorded.event))
      items.push_back(
          {{"type", sbatch::mail_type_text(noted->type)}, {"at", rfc3339_seconds(recorded.time)}});
    return true;
  };
  const auto stream = fmt::format("job/{}", number);
  if (!call->context().log->read_stream(stream, 1, visit))
    return call->refuse(500, "log_damaged", "The log is damaged.");
  call->answer(boost::json::object{{"items", std::move(items)}});
}

}  // namespace

void add_job_mails(Routes& routes) {
  add_center_route(routes, Method::get, "/jobs/{job_id}/mails", Need::user, list);
}

}  // namespace orrery::aicenter
