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
  if (gpu.faulty) return Gpu::Rejection::gpu_is_faulty;
  return happens<Answer>(GpuClaimed{claim.lease_id, claim.fence});
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
            if (gpu.faulty) return nothing_happens<Answer>();
            return happens<Answer>(GpuFaulted{fault.reason});
          },
          [](const Registered& gpu, const ReportRepaired&) -> Answer {
            if (!gpu.faulty) return nothing_happens<Answer>();
            return happens<Answer>(GpuRepaired{});
          },
      },
      state, command);
}

Gpu::State Gpu::evolve(State state, const Event& event) {
  const auto registered = [&]() -> Registered& { return std::get<Registered>(state); };
  std::visit(Match{
                 [&](const GpuRegistered& description) {
                   state = Registered{description, "", 0, false};
                 },
                 [&](const GpuClaimed& claimed) {
                   registered().lease_id = claimed.lease_id;
                   registered().fence = claimed.fence;
                 },
                 [&](const GpuReleased&) { registered().lease_id.clear(); },
                 [&](const GpuFaulted&) { registered().faulty = true; },
                 [&](const GpuRepaired&) { registered().faulty = false; },
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
