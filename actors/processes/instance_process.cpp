#include "actors/processes/instance_process.hpp"

#include <algorithm>
#include <map>

#include "actors/processes/instance_process_state.hpp"
#include "events/archive.hpp"
#include "events/end_of_bytes.hpp"

namespace orrery {

InstanceProcess::InstanceProcess() : state_(std::make_unique<State>()) {}
InstanceProcess::~InstanceProcess() = default;
InstanceProcess::InstanceProcess(InstanceProcess&&) noexcept = default;
InstanceProcess& InstanceProcess::operator=(InstanceProcess&&) noexcept = default;

void InstanceProcess::apply(const RecordedEvent& event) { state_->apply(event); }
std::vector<OwedCommand> InstanceProcess::due() { return state_->due(); }
std::vector<OwedCommand> InstanceProcess::resume() { return state_->resume(); }
void InstanceProcess::refused(const RefusedCommand& command) { state_->refused(command); }
void InstanceProcess::save(std::string& out) const { state_->save(out); }
void InstanceProcess::load(std::string_view bytes) { state_->load(bytes); }
std::size_t InstanceProcess::instance_count() const { return state_->instance_count(); }

std::vector<OwedCommand> InstanceProcess::State::due() {
  std::vector<OwedCommand> owed;
  for (const auto& id : std::exchange(noted_, {})) {
    const auto found = instances_.find(id);
    if (found == instances_.end() || !std::exchange(found->second.noted, false)) continue;
    auto& instance = found->second;
    const auto step = owed_step(instance);
    if (step == instance.asked) continue;
    instance.asked = step;
    if (step == InstanceStep::nothing) continue;
    owed.push_back({command_for(step, id, instance),
                    {std::string(name), instance.causation, instance.correlation}});
  }
  return owed;
}

std::vector<OwedCommand> InstanceProcess::State::resume() {
  resumed_ = true;
  noted_.clear();
  for (auto& [id, instance] : instances_) {
    instance.asked = InstanceStep::nothing;
    instance.noted = true;
    noted_.push_back(id);
  }
  std::ranges::sort(noted_);
  return due();
}

namespace {

struct SavedInstances {
  std::map<std::string, InstanceRecord> instances;
  std::vector<std::string> lost_nodes;
  std::vector<std::string> faulty_gpus;
  BOOST_DESCRIBE_CLASS(SavedInstances, (), (instances, lost_nodes, faulty_gpus), (), ())
};

}  // namespace

void InstanceProcess::State::save(std::string& out) const {
  SavedInstances saved;
  saved.instances.insert(instances_.begin(), instances_.end());
  saved.lost_nodes.assign(lost_nodes_.begin(), lost_nodes_.end());
  saved.faulty_gpus.assign(faulty_gpus_.begin(), faulty_gpus_.end());
  ByteWriter{out}(saved);
}

void InstanceProcess::State::load(std::string_view bytes) {
  *this = {};
  SavedInstances saved;
  ByteReader reader(bytes);
  reader(saved);
  expect_end(reader);
  lost_nodes_.insert(saved.lost_nodes.begin(), saved.lost_nodes.end());
  faulty_gpus_.insert(saved.faulty_gpus.begin(), saved.faulty_gpus.end());
  for (auto& [id, instance] : saved.instances) {
    index(id, instance);
    instances_.emplace(id, std::move(instance));
  }
}

}  // namespace orrery
