#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "actors/processes/deadlines.hpp"
#include "actors/processes/service_process.hpp"
#include "actors/processes/service_record.hpp"
#include "actors/runtime/string_index.hpp"
#include "events/stream_name.hpp"

namespace orrery {

/// Inside of `ServiceProcess`: the records, and what finds the records that an event is about.
class ServiceProcess::State {
 public:
  void apply(const RecordedEvent& recorded);
  std::vector<OwedCommand> due();
  std::vector<OwedCommand> resume();
  std::vector<OwedCommand> at(Time now);
  void refused(const RefusedCommand& refused);
  void save(std::string& out) const;
  void load(std::string_view bytes);
  std::size_t service_count() const { return services_.size(); }
  std::size_t group_count() const { return groups_.size(); }

 private:
  // The services and their groups: service_process_fold.cpp.
  void on(const RecordedEvent& recorded, const ServiceRequested& event);
  void on(const RecordedEvent& recorded, const ServicePlaced& event);
  void on(const RecordedEvent& recorded, const ServiceStopRequested& event);
  void on(const RecordedEvent& recorded, const ServiceEnded& event);
  void on(const RecordedEvent& recorded, const ServiceGroupRequested& event);
  void on(const RecordedEvent& recorded, const ServiceGroupCancelled& event);

  // The fleet and what is leased of it: service_process_leases.cpp.
  void on(const RecordedEvent& recorded, const NodeBecameReady& event);
  void on(const RecordedEvent& recorded, const NodeLost& event);
  void on(const RecordedEvent& recorded, const GpuFaulted& event);
  void on(const RecordedEvent& recorded, const GpuRepaired& event);
  void on(const RecordedEvent& recorded, const LeaseRequested& event);
  void on(const RecordedEvent& recorded, const LeaseGranted& event);
  void on(const RecordedEvent& recorded, const LeaseRefused& event);
  void on(const RecordedEvent& recorded, const LeaseReleased& event);
  void on(const RecordedEvent& recorded, const LeaseExpired& event);
  void end_lease(const RecordedEvent& recorded, ServiceRecord::LeasePhase phase, Failure failure);
  /// What befell the node and the GPUs of its grant before.
  void find_trouble(ServiceRecord& service) const;

  /// Changes the record of a service, if there is one, and sees to what follows from that.
  template <class Change>
  void update(std::string_view id, const RecordedEvent& recorded, Change change);
  /// The same for an event of its own stream: it moves on to this phase.
  template <class Change>
  void enter(const RecordedEvent& recorded, ServiceRecord::Phase phase, Change change);
  /// The same for a group.
  template <class Change>
  void update_group(std::string_view id, const RecordedEvent& recorded, Change change);

  const ServiceGroupRecord* group_of(const ServiceRecord& service) const;
  std::vector<std::string> ids_on(std::string_view node_id) const;
  void index(const std::string& id, const ServiceRecord& service);
  void unindex(const std::string& id, const ServiceRecord& service);
  void note(std::string_view id);
  void note_group(std::string_view id);

  // service_process_commands.cpp
  void append_owed(const std::string& id, ServiceRecord& service, std::vector<OwedCommand>& owed);
  void append_owed(const std::string& id, ServiceGroupRecord& group,
                   std::vector<OwedCommand>& owed);
  static AddressedCommand command_for(ServiceStep step, const std::string& id,
                                      const ServiceRecord& service);

  std::unordered_map<std::string, ServiceRecord, StringHash, std::equal_to<>> services_;
  std::map<std::string, ServiceGroupRecord, std::less<>> groups_;
  std::set<std::string, std::less<>> lost_nodes_;
  /// GPU ids.
  std::set<std::string, std::less<>> faulty_gpus_;

  // Derived from the records.
  /// (node, service) where it holds something.
  std::set<std::pair<std::string, std::string>> places_;
  Deadlines<std::string> deadlines_;

  bool resumed_ = false;
  /// What `due` looks at.
  std::set<std::string, std::less<>> noted_;
  std::set<std::string, std::less<>> noted_groups_;
};

template <class Change>
void ServiceProcess::State::update(std::string_view id, const RecordedEvent& recorded,
                                   Change change) {
  const auto found = services_.find(id);
  if (found == services_.end()) return;
  auto& service = found->second;
  unindex(found->first, service);
  change(service);
  service.causation = recorded.position;
  service.correlation = recorded.origin.correlation;
  if (is_finished(service)) {
    services_.erase(found);
    return;
  }
  index(found->first, service);
  note(found->first);
}

template <class Change>
void ServiceProcess::State::enter(const RecordedEvent& recorded, ServiceRecord::Phase phase,
                                  Change change) {
  update(stream_id(recorded.stream), recorded, [&](ServiceRecord& service) {
    service.phase = phase;
    service.obstacle = {};
    service.asked = ServiceStep::nothing;
    change(service);
  });
}

template <class Change>
void ServiceProcess::State::update_group(std::string_view id, const RecordedEvent& recorded,
                                         Change change) {
  const auto found = groups_.find(id);
  if (found == groups_.end()) return;
  auto& group = found->second;
  change(group);
  group.causation = recorded.position;
  group.correlation = recorded.origin.correlation;
  note_group(found->first);
  for (const auto& replica : group.request.service_ids) note(replica);
  if (is_finished(group)) groups_.erase(found);
}

}  // namespace orrery
