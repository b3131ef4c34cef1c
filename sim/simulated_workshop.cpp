#include "sim/simulated_workshop.hpp"

#include <utility>

#include "actors/gpu/gpu.hpp"
#include "sim/simulated_guest.hpp"

namespace orrery {

FleetEffects SimulatedWorkshop::mend(const MendGpu& mend) {
  return begin(
      {mend.number, false, mend.node_id, gpu_id(mend.node_id, mend.gpu_index), mend.origin, 0},
      configuration_.repair, "repair");
}

FleetEffects SimulatedWorkshop::verify(const VerifyGpu& verify) {
  return begin({verify.number, true, verify.node_id, gpu_id(verify.node_id, verify.gpu_index),
                verify.origin, 0},
               configuration_.verification, "verification");
}

void SimulatedWorkshop::interrupt(const std::string& gpu_id) {
  // Its number stays known: the same work may be told once more before the fault is in the log.
  if (const auto found = work_.find("gpu/" + gpu_id); found != work_.end()) found->second.step = 0;
}

FleetEffects SimulatedWorkshop::begin(Work work, const StepDelay& delay,
                                      std::string_view step_name) {
  FleetEffects effects;
  const auto name = "gpu/" + work.gpu_id;
  auto& known = work_[name];
  if (known.number >= work.number) return effects;
  known = std::move(work);
  known.step = ++steps_begun_;
  // Another length each time, and the same one if it is told again after a restart.
  const auto drawn_for = name + "@" + std::to_string(known.number);
  auto step = timed_step(configuration_, drawn_for, known.step, delay, step_name, {});
  if (!step) return effects;
  step->id = name;
  effects.steps.push_back(std::move(*step));
  return effects;
}

FleetEffects SimulatedWorkshop::step_over(const std::string& name, std::uint64_t number) {
  const auto found = work_.find(name);
  return found != work_.end() && found->second.step == number ? finish_step(name) : FleetEffects{};
}

FleetEffects SimulatedWorkshop::finish_step(const std::string& name) {
  const auto found = work_.find(name);
  if (found == work_.end() || found->second.step == 0) return {};
  auto effects = report(found->second);
  work_.erase(found);
  return effects;
}

FleetEffects SimulatedWorkshop::report(const Work& work) const {
  if (!work.is_verification)
    return {{simulated_report<Gpu>(work.gpu_id, Gpu::BeginVerification{}, work.origin)}, {}};
  const auto drawn = drawn_number(configuration_.seed, work.gpu_id, std::to_string(work.number));
  if (drawn % 1'000 < configuration_.verification_failures_permille)
    return {{simulated_report<Gpu>(
                work.gpu_id, Gpu::ReportVerificationFailed{"its test failed: DCGM diagnostic 3"},
                work.origin)},
            {}};
  return {{simulated_report<Gpu>(work.gpu_id, Gpu::ReportRepaired{}, work.origin)}, {}};
}

std::string SimulatedWorkshop::node_of(const std::string& name) const {
  const auto found = work_.find(name);
  return found == work_.end() ? std::string() : found->second.node_id;
}

}  // namespace orrery
