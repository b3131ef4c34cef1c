#include "actors/batch/batch_scheduler.hpp"

#include "actors/batch/batch_scheduler_state.hpp"

namespace orrery {

BatchScheduler::BatchScheduler() : state_(std::make_unique<State>()) {}
BatchScheduler::~BatchScheduler() = default;
BatchScheduler::BatchScheduler(BatchScheduler&&) noexcept = default;
BatchScheduler& BatchScheduler::operator=(BatchScheduler&&) noexcept = default;

void BatchScheduler::publish_to(batch::ForecastBoard* board) { state_->publish_to(board); }
void BatchScheduler::apply(const RecordedEvent& event) { state_->apply(event); }
std::vector<OwedCommand> BatchScheduler::due() { return state_->due(); }
std::vector<OwedCommand> BatchScheduler::resume() { return state_->resume(); }
void BatchScheduler::refused(const RefusedCommand& command) { state_->refused(command); }
std::vector<OwedCommand> BatchScheduler::at(Time now) { return state_->at(now); }
void BatchScheduler::save(std::string& out) const { state_->save(out); }
void BatchScheduler::load(std::string_view bytes) { state_->load(bytes); }

}  // namespace orrery
