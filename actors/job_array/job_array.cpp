#include "actors/job_array/job_array.hpp"

#include <algorithm>
#include <functional>

namespace orrery {

using Answer = Decision<JobArray::Event, JobArray::Rejection>;

namespace {

Answer submit(const JobArraySubmitted& request) {
  const auto& ids = request.task_ids;
  if (ids.empty()) return JobArray::Rejection::task_ids_must_not_be_empty;
  const bool ascend =
      std::adjacent_find(ids.begin(), ids.end(), std::greater_equal<>{}) == ids.end();
  if (!ascend) return JobArray::Rejection::task_ids_must_ascend;
  return happens<Answer>(request);
}

/// The same request again; without a name of its own, one that is equal is another's.
bool is_retry(const JobArraySubmitted& known, const JobArraySubmitted& request) {
  return !request.request_id.empty() && request.request_id == known.request_id &&
         request.request_digest == known.request_digest;
}

}  // namespace

Answer JobArray::decide(const State& state, const Command& command) {
  return std::visit(Match{
                        [](const Absent&, const Submit& wish) { return submit(wish.request); },
                        [](const Absent&, const Cancel&) -> Answer {
                          return Rejection::job_array_does_not_exist;
                        },
                        [](const Submitted& known, const Submit& wish) -> Answer {
                          if (is_retry(known.request, wish.request))
                            return nothing_happens<Answer>();
                          return Rejection::job_array_exists_already;
                        },
                        [](const Submitted&, const Cancel& wish) {
                          return happens<Answer>(JobArrayCancelled{wish.by});
                        },
                        [](const Cancelled&, const Submit&) -> Answer {
                          return Rejection::job_array_exists_already;
                        },
                        [](const Cancelled&, const Cancel&) { return nothing_happens<Answer>(); },
                    },
                    state, command);
}

JobArray::State JobArray::evolve(State, const Event& event) {
  return std::visit(
      Match{
          [](const JobArraySubmitted& request) -> State { return Submitted{request}; },
          [](const JobArrayCancelled&) -> State { return Cancelled{}; },
      },
      event);
}

}  // namespace orrery
