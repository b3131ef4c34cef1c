#include "actors/processes/job_process.hpp"

#include <utility>

#include "actors/processes/job_process_state.hpp"
#include "events/archive.hpp"
#include "events/end_of_bytes.hpp"
#include "events/folds/billing_terms.hpp"

namespace orrery {

JobProcess::JobProcess() : state_(std::make_unique<State>()) {}
JobProcess::~JobProcess() = default;
JobProcess::JobProcess(JobProcess&&) noexcept = default;
JobProcess& JobProcess::operator=(JobProcess&&) noexcept = default;

void JobProcess::apply(const RecordedEvent& event) { state_->apply(event); }
std::vector<OwedCommand> JobProcess::due() { return state_->due(); }
std::vector<OwedCommand> JobProcess::resume() { return state_->resume(); }
std::vector<OwedCommand> JobProcess::at(Time now) { return state_->at(now); }
void JobProcess::refused(const RefusedCommand& command) { state_->refused(command); }
void JobProcess::save(std::string& out) const { state_->save(out); }
void JobProcess::load(std::string_view bytes) { state_->load(bytes); }
std::size_t JobProcess::job_count() const { return state_->job_count(); }
std::size_t JobProcess::array_count() const { return state_->array_count(); }

std::vector<OwedCommand> JobProcess::State::due() {
  std::vector<OwedCommand> owed;
  for (const auto id : std::exchange(noted_arrays_, {}))
    if (const auto found = arrays_.find(id); found != arrays_.end())
      append_tasks(id, found->second, owed);
  for (const auto& lease : std::exchange(noted_strays_, {}))
    owed.push_back({To<Lease>{lease, Lease::Release{}}, {std::string(name), 0, ""}});
  for (const auto id : std::exchange(noted_, {}))
    if (const auto found = jobs_.find(id); found != jobs_.end())
      append_owed(id, found->second, owed);
  return owed;
}

std::vector<OwedCommand> JobProcess::State::resume() {
  resumed_ = true;
  now_s_ = 0;
  deadlines_.clear();
  noted_strays_ = strays_;
  for (auto& [id, array] : arrays_) {
    array.asked.clear();
    noted_arrays_.insert(id);
  }
  for (auto& [id, job] : jobs_) {
    job.asked = JobStep::nothing;
    job.mails_asked = 0;
    for (auto& lease : job.leases) {
      lease.asked = JobLeaseStep::nothing;
      lease.is_hindered = false;
    }
    index(id, job);
    note(id);
  }
  return due();
}

std::vector<OwedCommand> JobProcess::State::at(Time now) {
  now_s_ = seconds_of(now);
  for (const auto id : deadlines_.take_until(now_s_)) {
    const auto found = jobs_.find(id);
    if (found == jobs_.end()) continue;
    index(id, found->second);
    note(id);
  }
  return due();
}

struct JobProcess::State::Saved {
  std::map<Id, JobRecord> jobs;
  std::map<Id, JobArrayRecord> arrays;
  std::map<std::string, JobRules, std::less<>> rules;
  std::map<std::string, std::int64_t, std::less<>> unwanted_users;
  std::map<std::string, NodeSize, std::less<>> nodes;
  std::set<std::string, std::less<>> lost_nodes;
  std::set<std::string, std::less<>> faulty_gpus;
  std::set<std::string, std::less<>> strays;
  BOOST_DESCRIBE_CLASS(Saved, (),
                       (jobs, arrays, rules, unwanted_users, nodes, lost_nodes, faulty_gpus,
                        strays),
                       (), ())
};

void JobProcess::State::save(std::string& out) const {
  ByteWriter{out}(Saved{{jobs_.begin(), jobs_.end()},
                        arrays_,
                        rules_,
                        unwanted_users_,
                        nodes_,
                        lost_nodes_,
                        faulty_gpus_,
                        strays_});
}

void JobProcess::State::load(std::string_view bytes) {
  *this = {};
  Saved saved;
  ByteReader reader(bytes);
  reader(saved);
  expect_end(reader);
  arrays_ = std::move(saved.arrays);
  rules_ = std::move(saved.rules);
  unwanted_users_ = std::move(saved.unwanted_users);
  nodes_ = std::move(saved.nodes);
  lost_nodes_ = std::move(saved.lost_nodes);
  faulty_gpus_ = std::move(saved.faulty_gpus);
  strays_ = std::move(saved.strays);
  for (auto& [id, job] : saved.jobs) {
    index(id, job);
    jobs_.emplace(id, std::move(job));
  }
}

}  // namespace orrery
