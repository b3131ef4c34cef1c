#include "sim/checkers/gpus_heal.hpp"

#include <algorithm>

#include "actors/runtime/decision.hpp"

namespace orrery {

void GpusHeal::apply(const RecordedEvent& recorded) {
  if (!recorded.stream.starts_with("gpu/")) return;
  auto& gpu = gpus_[recorded.stream];
  std::visit(Match{
                 [&](const GpuClaimed& claimed) {
                   expect(gpu.health == Health::healthy, recorded, "is claimed while it is broken");
                   gpu.lease_id = claimed.lease_id;
                 },
                 [&](const GpuReleased&) { gpu.lease_id.clear(); },
                 [&](const GpuFaulted&) { gpu.health = Health::quarantined; },
                 [&](const GpuRepairStarted&) {
                   expect(gpu.health == Health::quarantined, recorded, "is repaired unasked");
                   expect(gpu.lease_id.empty(), recorded, "is repaired with a lease on it");
                   gpu.health = Health::in_repair;
                 },
                 [&](const GpuVerificationStarted&) {
                   expect(gpu.health == Health::in_repair, recorded, "is tested unrepaired");
                   gpu.health = Health::in_verification;
                 },
                 [&](const GpuVerificationFailed&) {
                   expect(gpu.health == Health::in_verification, recorded, "failed no test");
                   gpu.health = Health::quarantined;
                 },
                 [&](const GpuRepaired&) {
                   expect(gpu.health != Health::healthy, recorded, "was not broken");
                   gpu.health = Health::healthy;
                 },
                 [](const auto&) {},
             },
             recorded.event);
}

void GpusHeal::expect(bool holds, const RecordedEvent& recorded, const char* what) {
  if (!holds) violated(recorded.position, recorded.stream + " " + what);
}

void GpusHeal::at_rest() {
  for (const auto& [stream, gpu] : gpus_)
    if (gpu.health != Health::healthy) violated(0, stream + " never came back into service");
}

std::size_t GpusHeal::broken_count() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      gpus_, [](const auto& each) { return each.second.health != Health::healthy; }));
}

}  // namespace orrery
