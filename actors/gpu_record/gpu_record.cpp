#include "actors/gpu_record/gpu_record.hpp"

#include <utility>

namespace orrery {

using Answer = Decision<GpuRecord::Event, GpuRecord::Rejection>;

Answer GpuRecord::decide(const State& state, const Command& command) {
  return std::visit(
      Match{
          [](const Absent&, const Create& wish) -> Answer { return happens<Answer>(wish.request); },
          [](const Absent&, const auto&) -> Answer { return Rejection::gpu_record_does_not_exist; },
          [](const Kept& kept, const Create& wish) -> Answer {
            if (wish.request == kept.request) return nothing_happens<Answer>();
            return Rejection::gpu_record_exists_already;
          },
          [](const Kept& kept, const Change& change) -> Answer {
            if (change.change == kept.record) return nothing_happens<Answer>();
            return happens<Answer>(change.change);
          },
          [](const Kept&, const Delete&) -> Answer { return happens<Answer>(GpuRecordDeleted{}); },
          [](const Deleted&, const Create&) -> Answer {
            return Rejection::gpu_record_exists_already;
          },
          [](const Deleted&, const Change&) -> Answer { return Rejection::gpu_record_is_deleted; },
          [](const Deleted&, const Delete&) { return nothing_happens<Answer>(); },
      },
      state, command);
}

GpuRecord::State GpuRecord::evolve(State state, const Event& event) {
  return std::visit(Match{
                        [](const GpuRecordCreated& request) -> State {
                          return Kept{request, {request.client_id, request.facts}};
                        },
                        [&](const GpuRecordChanged& change) -> State {
                          auto kept = std::get<Kept>(std::move(state));
                          kept.record = change;
                          return kept;
                        },
                        [](const GpuRecordDeleted&) -> State { return Deleted{}; },
                    },
                    event);
}

}  // namespace orrery
