#include "actors/processes/service_process.hpp"

#include <algorithm>
#include <utility>

#include "actors/processes/service_process_state.hpp"
#include "events/archive.hpp"
#include "events/end_of_bytes.hpp"
#include "events/folds/billing_terms.hpp"

namespace orrery {

ServiceProcess::ServiceProcess() : state_(std::make_unique<State>()) {}
ServiceProcess::~ServiceProcess() = default;
ServiceProcess::ServiceProcess(ServiceProcess&&) noexcept = default;
ServiceProcess& ServiceProcess::operator=(ServiceProcess&&) noexcept = default;

void ServiceProcess::apply(const RecordedEvent& event) { state_->apply(event); }
std::vector<OwedCommand> ServiceProcess::due() { return state_->due(); }
std::vector<OwedCommand> ServiceProcess::resume() { return state_->resume(); }
std::vector<OwedCommand> ServiceProcess::at(Time now) { return state_->at(now); }
void ServiceProcess::refused(const RefusedCommand& command) { state_->refused(command); }
void ServiceProcess::save(std::string& out) const { state_->save(out); }
void ServiceProcess::load(std::string_view bytes) { state_->load(bytes); }
std::size_t ServiceProcess::service_count() const { return state_->service_count(); }
std::size_t ServiceProcess::group_count() const { return state_->group_count(); }

std::vector<OwedCommand> ServiceProcess::State::due() {
  std::vector<OwedCommand> owed;
  for (const auto& id : std::exchange(noted_groups_, {}))
    if (const auto found = groups_.find(id); found != groups_.end())
      append_owed(found->first, found->second, owed);
  for (const auto& id : std::exchange(noted_, {}))
    if (const auto found = services_.find(id); found != services_.end())
      append_owed(found->first, found->second, owed);
  return owed;
}

std::vector<OwedCommand> ServiceProcess::State::resume() {
  resumed_ = true;
  deadlines_.clear();
  for (auto& [id, group] : groups_) {
    group.asked.clear();
    group.is_hindered = group.asked_to_cancel = false;
    note_group(id);
  }
  for (auto& [id, service] : services_) {
    service.asked = ServiceStep::nothing;
    service.is_over_time = false;
    deadlines_.set(id, service.deadline_s);
    note(id);
  }
  return due();
}

std::vector<OwedCommand> ServiceProcess::State::at(Time now) {
  for (const auto& id : deadlines_.take_until(seconds_of(now))) {
    const auto found = services_.find(id);
    if (found == services_.end()) continue;
    found->second.is_over_time = true;
    note(id);
  }
  return due();
}

namespace {

struct SavedServices {
  std::map<std::string, ServiceRecord> services;
  std::map<std::string, ServiceGroupRecord, std::less<>> groups;
  std::set<std::string, std::less<>> lost_nodes;
  std::set<std::string, std::less<>> faulty_gpus;
  BOOST_DESCRIBE_CLASS(SavedServices, (), (services, groups, lost_nodes, faulty_gpus), (), ())
};

}  // namespace

void ServiceProcess::State::save(std::string& out) const {
  SavedServices saved{{}, groups_, lost_nodes_, faulty_gpus_};
  saved.services.insert(services_.begin(), services_.end());
  ByteWriter{out}(saved);
}

void ServiceProcess::State::load(std::string_view bytes) {
  *this = {};
  SavedServices saved;
  ByteReader reader(bytes);
  reader(saved);
  expect_end(reader);
  groups_ = std::move(saved.groups);
  lost_nodes_ = std::move(saved.lost_nodes);
  faulty_gpus_ = std::move(saved.faulty_gpus);
  for (auto& [id, service] : saved.services) {
    index(id, service);
    services_.emplace(id, std::move(service));
  }
}

}  // namespace orrery
