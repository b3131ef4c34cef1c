#include "http/aicenter/jobs/sealed_paths.hpp"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "projections/center/center_view.hpp"
#include "storage/event_log.hpp"
#include "storage/subject_keys.hpp"

namespace orrery::aicenter {

namespace {

std::string opened(const SubjectKeys& keys, const Sealed& sealed) {
  if (sealed.subject.empty()) return {};
  return keys.open(sealed).value_or("");
}

}  // namespace

JobScript sealed_script(const AicenterContext& context, const JobRow& job) {
  JobScript script;
  if (!context.log || job.submitted_position == 0) return script;
  const auto read = context.log->read(
      job.submitted_position, job.submitted_position, [&](const StoredEvent& stored) {
        const auto recorded = record(stored);
        if (const auto* submitted = std::get_if<JobSubmitted>(&recorded.event))
          script = submitted->specification.script;
        return true;
      });
  static_cast<void>(read);  // Without the log nothing is shown.
  return script;
}

JobMail sealed_mail(const AicenterContext& context, const JobRow& job) {
  JobMail mail;
  if (!context.log) return mail;
  const auto read =
      context.log->read_stream(fmt::format("job/{}", job.id), 1, [&](const StoredEvent& stored) {
        const auto recorded = record(stored);
        if (const auto* submitted = std::get_if<JobSubmitted>(&recorded.event))
          mail = submitted->specification.mail;
        if (const auto* changed = std::get_if<JobChanged>(&recorded.event))
          if (changed->change.mail) mail = *changed->change.mail;
        return true;
      });
  static_cast<void>(read);  // Without the log nobody is written to.
  return mail;
}

SealedPaths::Paths SealedPaths::of(const AicenterContext& context, const JobRow& job) {
  if (!context.gate().center->user(job.facts->user)) return nullptr;
  auto& shard = shards_[job.id % shards_.size()];
  {
    const std::scoped_lock lock(shard.mutex);
    if (const auto found = shard.paths.find(job.id); found != shard.paths.end())
      return found->second;
  }
  const auto script = sealed_script(context, job);
  const auto& keys = *context.subject_keys;
  auto paths = std::make_shared<const JobPaths>(
      JobPaths{opened(keys, script.standard_input), opened(keys, script.standard_output),
               opened(keys, script.standard_error), opened(keys, script.working_directory)});
  const std::scoped_lock lock(shard.mutex);
  if (!shard.paths.insert_or_assign(job.id, paths).second) return paths;
  shard.by_age.push_back(job.id);
  if (shard.by_age.size() > job_count_max) {
    shard.paths.erase(shard.by_age.front());
    shard.by_age.pop_front();
  }
  return paths;
}

}  // namespace orrery::aicenter
