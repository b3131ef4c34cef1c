#include "actors/placement/placement.hpp"

#include "actors/placement/placement_state.hpp"

namespace orrery {

Placement::Placement() : state_(std::make_unique<State>()) {}
Placement::~Placement() = default;
Placement::Placement(Placement&&) noexcept = default;
Placement& Placement::operator=(Placement&&) noexcept = default;

void Placement::apply(const RecordedEvent& event) { state_->apply(event); }
std::vector<OwedCommand> Placement::due() { return state_->due(); }
std::vector<OwedCommand> Placement::resume() { return state_->resume(); }
void Placement::refused(const RefusedCommand& command) { state_->refused(command); }
void Placement::save(std::string& out) const { state_->save(out); }
void Placement::load(std::string_view bytes) { state_->load(bytes); }

}  // namespace orrery
