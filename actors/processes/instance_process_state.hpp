#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "actors/processes/instance_holdings.hpp"
#include "actors/processes/instance_process.hpp"
#include "actors/processes/instance_record.hpp"
#include "actors/runtime/string_index.hpp"
#include "events/stream_name.hpp"

namespace orrery {

/// Inside of `InstanceProcess`: the records, and what finds the records that an event is about.
class InstanceProcess::State {
 public:
  void apply(const RecordedEvent& recorded);
  std::vector<OwedCommand> due();
  std::vector<OwedCommand> resume();
  void refused(const RefusedCommand& refused);
  void save(std::string& out) const;
  void load(std::string_view bytes);
  std::size_t instance_count() const { return instances_.size(); }

 private:
  // The fleet and what is leased of it: instance_process_holdings.cpp.
  void on(const RecordedEvent& recorded, const NodeBecameReady& event);
  void on(const RecordedEvent& recorded, const NodeLost& event);
  void on(const RecordedEvent& recorded, const GpuFaulted& event);
  void on(const RecordedEvent& recorded, const GpuRepaired& event);
  void on(const RecordedEvent& recorded, const LeaseRequested& event);
  void on(const RecordedEvent& recorded, const LeaseGranted& event);
  void on(const RecordedEvent& recorded, const LeaseRefused& event);
  void on(const RecordedEvent& recorded, const LeaseReleased& event);
  void on(const RecordedEvent& recorded, const LeaseExpired& event);

  // Orders, volumes and images: there too.
  void on(const RecordedEvent& recorded, const OrderPlaced& event);
  void on(const RecordedEvent& recorded, const OrderRefunded& event);
  void on(const RecordedEvent& recorded, const OrderClosed& event);
  void on(const RecordedEvent& recorded, const VolumeCreated& event);
  void on(const RecordedEvent& recorded, const VolumeMounted& event);
  void on(const RecordedEvent& recorded, const VolumeUnmounted& event);
  void on(const RecordedEvent& recorded, const VolumeDeleted& event);
  void on(const RecordedEvent& recorded, const ContainerImageSaved& event);

  // The instance itself: instance_process_fold.cpp.
  void on(const RecordedEvent& recorded, const InstanceRequested& event);
  void on(const RecordedEvent& recorded, const InstancePlaced& event);
  void on(const RecordedEvent& recorded, const InstanceStarted& event);
  void on(const RecordedEvent& recorded, const InstanceStopRequested& event);
  void on(const RecordedEvent& recorded, const InstanceSnapshotTaken& event);
  void on(const RecordedEvent& recorded, const InstanceStopped& event);
  void on(const RecordedEvent& recorded, const InstanceStartRequested& event);
  void on(const RecordedEvent& recorded, const InstanceInterrupted& event);
  void on(const RecordedEvent& recorded, const InstanceFailed& event);
  void on(const RecordedEvent& recorded, const InstanceDeletionRequested& event);
  void on(const RecordedEvent& recorded, const InstanceDeleted& event);

  /// Changes the record of an instance, if there is one, and sees to what follows from that.
  template <class Change>
  void update(std::string_view id, const RecordedEvent& recorded, Change change);
  /// The same for an event of its own stream: it moves on to this phase.
  template <class Change>
  void enter(const RecordedEvent& recorded, InstanceRecord::Phase phase, Change change);
  template <class Change>
  void update_volume(std::string_view instance_id, const RecordedEvent& recorded, Change change);
  void end_lease(const RecordedEvent& recorded, InstanceRecord::LeasePhase phase, Failure failure);
  void end_order(const RecordedEvent& recorded, const std::string& order_id);

  static void note_volume_owed(InstanceRecord& instance);
  void note(const std::string& id, InstanceRecord& instance);
  void index(const std::string& id, const InstanceRecord& instance);
  void adopt(const std::string& id, InstanceRecord& instance, const std::string& order_id,
             const InstanceSpecification& specification);
  void forget(std::string id);
  std::vector<std::string> ids_on(std::string_view node_id) const;

  /// The instance that a volume is made for; empty for none.
  std::string maker_of(std::string_view volume_id) const;

  // Answers that no event tells: instance_process_answers.cpp.
  template <class Change>
  void look_again(std::string_view id, Change change);
  void volume_refused(std::string_view id, const std::string& volume_id);
  void hinder(std::string_view id, InstanceRecord::Phase phase, Failure failure);
  void on_refusal(const Rejected<Volume>& refused);

  // instance_process_commands.cpp
  static AddressedCommand command_for(InstanceStep step, const std::string& id,
                                      const InstanceRecord& instance);

  std::unordered_map<std::string, InstanceRecord, StringHash, std::equal_to<>> instances_;
  std::set<std::string, std::less<>> lost_nodes_;
  /// GPU ids.
  std::set<std::string, std::less<>> faulty_gpus_;

  // Derived from the records.
  std::unordered_map<std::string, std::string, StringHash, std::equal_to<>> instance_of_order_;
  /// By the volumes that are made for it.
  std::unordered_map<std::string, std::string, StringHash, std::equal_to<>> instance_of_volume_;
  /// (node, instance) where it has GPUs or may still run.
  std::set<std::pair<std::string, std::string>> places_;

  bool resumed_ = false;
  std::vector<std::string> noted_;
};

template <class Change>
void InstanceProcess::State::update(std::string_view id, const RecordedEvent& recorded,
                                    Change change) {
  const auto found = instances_.find(id);
  if (found == instances_.end()) return;
  auto& instance = found->second;
  for (auto& node : nodes_of(instance)) places_.erase({std::move(node), found->first});
  change(instance);
  note_volume_owed(instance);
  for (auto& node : nodes_of(instance)) places_.emplace(std::move(node), found->first);
  instance.causation = recorded.position;
  instance.correlation = recorded.origin.correlation;
  if (is_finished(instance)) {
    forget(found->first);
  } else {
    note(found->first, instance);
  }
}

template <class Change>
void InstanceProcess::State::enter(const RecordedEvent& recorded, InstanceRecord::Phase phase,
                                   Change change) {
  update(stream_id(recorded.stream), recorded, [&](InstanceRecord& instance) {
    instance.phase = phase;
    instance.obstacle = {};
    instance.asked = InstanceStep::nothing;
    change(instance);
  });
}

}  // namespace orrery
