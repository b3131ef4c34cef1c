#include "actors/processes/inference_process.hpp"

#include "events/archive.hpp"
#include "events/end_of_bytes.hpp"
#include "events/stream_name.hpp"

namespace orrery {

void InferenceProcess::apply(const RecordedEvent& recorded) {
  if (std::holds_alternative<InferenceAsked>(recorded.event)) {
    waiting_.insert_or_assign(std::string(stream_id(recorded.stream)),
                              Waiting{recorded.position, recorded.origin.correlation});
  } else if (std::holds_alternative<InferenceAnswered>(recorded.event) ||
             std::holds_alternative<InferenceFailed>(recorded.event)) {
    const auto found = waiting_.find(stream_id(recorded.stream));
    if (found != waiting_.end()) waiting_.erase(found);
  }
}

std::vector<OwedCommand> InferenceProcess::resume() {
  std::vector<OwedCommand> owed;
  for (const auto& [id, inference] : waiting_) {
    InferenceFailed failure{
        "interrupted", "The server was restarted before the answer was complete.", {}, {}};
    owed.push_back({To<Inference>{id, Inference::Fail{std::move(failure)}},
                    {std::string(name), inference.causation, inference.correlation}});
  }
  return owed;
}

void InferenceProcess::refused(const RefusedCommand&) {
  // An inference takes its end in every state that it can be in here.
}

void InferenceProcess::save(std::string& out) const { ByteWriter{out}(waiting_); }

void InferenceProcess::load(std::string_view bytes) {
  *this = {};
  ByteReader reader(bytes);
  reader(waiting_);
  expect_end(reader);
}

}  // namespace orrery
