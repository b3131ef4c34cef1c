#include "drivers/gpu_duties.hpp"

#include <charconv>
#include <utility>

#include "actors/runtime/decision.hpp"
#include "events/stream_name.hpp"

namespace orrery {

void GpuDuties::apply(const RecordedEvent& recorded) {
  std::visit(Match{
                 [&](const GpuRepairStarted&) { note(recorded, Work::repair); },
                 [&](const GpuVerificationStarted&) { note(recorded, Work::verification); },
                 [&](const GpuVerificationFailed&) { forget(recorded); },
                 [&](const GpuRepaired&) { forget(recorded); },
                 [&](const GpuFaulted&) { forget(recorded); },
                 [](const auto&) {},
             },
             recorded.event);
}

void GpuDuties::note(const RecordedEvent& recorded, Work work) {
  const std::string id(stream_id(recorded.stream));
  duties_[id] = {work, recorded.position, recorded.origin.correlation};
  noted_.insert(id);
}

void GpuDuties::forget(const RecordedEvent& recorded) {
  const auto id = stream_id(recorded.stream);
  if (const auto found = duties_.find(id); found != duties_.end()) duties_.erase(found);
  if (const auto noted = noted_.find(id); noted != noted_.end()) noted_.erase(noted);
}

void GpuDuties::due(std::vector<DriverMessage>& owed) {
  for (const auto& id : std::exchange(noted_, {})) owe(id, duties_.find(id)->second, owed);
}

void GpuDuties::resume(std::vector<DriverMessage>& owed) {
  noted_.clear();
  for (const auto& [id, duty] : duties_) owe(id, duty, owed);
}

void GpuDuties::owe(std::string_view id, const Duty& duty, std::vector<DriverMessage>& owed) {
  const auto colon = id.rfind(':');
  std::uint32_t index = 0;
  std::from_chars(id.data() + colon + 1, id.data() + id.size(), index);
  std::string node_id(id.substr(0, colon));
  Origin origin{std::string(driver_origin_name), duty.causation, duty.correlation};
  if (duty.work == Work::repair)
    owed.push_back(MendGpu{std::move(node_id), index, duty.causation, std::move(origin)});
  else
    owed.push_back(VerifyGpu{std::move(node_id), index, duty.causation, std::move(origin)});
}

}  // namespace orrery
