#include "actors/job/job_change.hpp"

namespace orrery {
namespace {

template <class T>
void set(T& member, const std::optional<T>& wish) {
  if (wish) member = *wish;
}

}  // namespace

void apply_change(Job::Core& core, const JobChange& change) {
  auto& specification = core.request.specification;
  set(specification.account, change.account);
  set(specification.partitions, change.partitions);
  set(specification.qos, change.qos);
  set(specification.name, change.name);
  set(specification.comment, change.comment);
  set(specification.resources, change.resources);
  set(specification.nodes, change.nodes);
  set(specification.time_limit_min, change.time_limit_min);
  set(specification.nice, change.nice);
  set(core.priority, change.priority);
  set(specification.begin_time_s, change.begin_time_s);
  set(specification.dependencies, change.dependencies);
  set(specification.may_requeue, change.may_requeue);
  set(specification.mail, change.mail);
}

bool is_for_any_phase(const JobChange& change) {
  JobChange rest = change;
  rest.time_limit_min.reset();
  rest.name.reset();
  rest.comment.reset();
  rest.mail.reset();
  return rest == JobChange{};
}

}  // namespace orrery
