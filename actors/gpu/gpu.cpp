#include "actors/gpu/gpu.hpp"

namespace orrery {

using Answer = Decision<Gpu::Event, Gpu::Rejection>;

namespace {

Answer decide_claim(const Gpu::Registered& gpu, const Gpu::Claim& claim) {
  const bool held = gpu.lease_id == claim.lease_id;
  if (held && claim.fence == gpu.fence) return nothing_happens<Answer>();
  if (!gpu.lease_id.empty() && !held) return Gpu::Rejection::gpu_has_another_lease;
  // Also what a claim meets that comes late, after its lease has given the GPU back.
  if (claim.fence <= gpu.fence) return Gpu::Rejection::fence_is_stale;
  if (gpu.health != Gpu::Health::healthy) return Gpu::Rejection::gpu_is_faulty;
  return happens<Answer>(GpuClaimed{claim.lease_id, claim.fence});
}

/// What is done to a GPU in quarantine, one step after the other. Said again, a step is no news.
Answer decide_repair(const Gpu::Registered& gpu) {
  if (gpu.health == Gpu::Health::in_repair) return nothing_happens<Answer>();
  if (gpu.health != Gpu::Health::quarantined) return Gpu::Rejection::gpu_is_not_in_repair;
  if (!gpu.lease_id.empty()) return Gpu::Rejection::gpu_has_a_lease;
  return happens<Answer>(GpuRepairStarted{});
}

Answer decide_verification(const Gpu::Registered& gpu) {
  if (gpu.health == Gpu::Health::in_verification) return nothing_happens<Answer>();
  if (gpu.health != Gpu::Health::in_repair) return Gpu::Rejection::gpu_is_not_in_repair;
  return happens<Answer>(GpuVerificationStarted{});
}

Answer decide_failure(const Gpu::Registered& gpu, const Gpu::ReportVerificationFailed& failed) {
  if (gpu.health == Gpu::Health::quarantined) return nothing_happens<Answer>();
  if (gpu.health != Gpu::Health::in_verification) return Gpu::Rejection::gpu_is_not_in_repair;
  return happens<Answer>(GpuVerificationFailed{failed.reason});
}

}  // namespace

Answer Gpu::decide(const State& state, const Command& command) {
  return std::visit(
      Match{
          [](const Absent&, const Register& join) -> Answer {
            return happens<Answer>(join.description);
          },
          [](const Absent&, const auto&) -> Answer { return Rejection::gpu_is_not_registered; },
          [](const Registered& gpu, const Register& join) -> Answer {
            if (join.description == gpu.description) return nothing_happens<Answer>();
            return Rejection::gpu_is_registered_differently;
          },
          [](const Registered& gpu, const Claim& claim) -> Answer {
            return decide_claim(gpu, claim);
          },
          [](const Registered& gpu, const Release& release) -> Answer {
            if (gpu.lease_id.empty() || gpu.lease_id != release.lease_id)
              return nothing_happens<Answer>();
            return happens<Answer>(GpuReleased{release.lease_id});
          },
          [](const Registered& gpu, const ReportFault& fault) -> Answer {
            if (gpu.health == Health::quarantined) return nothing_happens<Answer>();
            return happens<Answer>(GpuFaulted{fault.reason});
          },
          [](const Registered& gpu, const BeginRepair&) { return decide_repair(gpu); },
          [](const Registered& gpu, const BeginVerification&) { return decide_verification(gpu); },
          [](const Registered& gpu, const ReportVerificationFailed& failed) {
            return decide_failure(gpu, failed);
          },
          [](const Registered& gpu, const ReportRepaired&) -> Answer {
            if (gpu.health == Health::healthy) return nothing_happens<Answer>();
            return happens<Answer>(GpuRepaired{});
          },
      },
      state, command);
}

Gpu::State Gpu::evolve(State state, const Event& event) {
  const auto registered = [&]() -> Registered& { return std::get<Registered>(state); };
  std::visit(
      Match{
          [&](const GpuRegistered& description) {
            state = Registered{description, "", 0, Health::healthy};
          },
          [&](const GpuClaimed& claimed) {
            registered().lease_id = claimed.lease_id;
            registered().fence = claimed.fence;
          },
          [&](const GpuReleased&) { registered().lease_id.clear(); },
          [&](const GpuFaulted&) { registered().health = Health::quarantined; },
          [&](const GpuRepaired&) { registered().health = Health::healthy; },
          [&](const GpuRepairStarted&) { registered().health = Health::in_repair; },
          [&](const GpuVerificationStarted&) { registered().health = Health::in_verification; },
          [&](const GpuVerificationFailed&) { registered().health = Health::quarantined; },
      },
      event);
  return state;
}

std::string gpu_id(std::string_view node_id, std::uint32_t index) {
  std::string id;
  id.reserve(node_id.size() + 3);
  return id.append(node_id).append(":").append(std::to_string(index));
}

}  // namespace orrery
