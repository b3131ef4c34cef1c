#include "sim/fork/asked_after.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "events/stream_name.hpp"

namespace orrery {
namespace {

template <class A, class Command>
std::optional<AddressedCommand> to(const RecordedEvent& recorded, Command command) {
  return AddressedCommand{
      To<A>{std::string(stream_id(recorded.stream)), typename A::Command{std::move(command)}}};
}

using Request = std::optional<AddressedCommand>;

Request request_of_job(const RecordedEvent& recorded) {
  const auto& event = recorded.event;
  if (const auto* job = std::get_if<JobSubmitted>(&event))
    return job->task ? std::nullopt : to<Job>(recorded, Job::Submit{*job});
  if (const auto* held = std::get_if<JobHeld>(&event))
    return to<Job>(recorded, Job::Hold{held->by});
  if (std::holds_alternative<JobReleased>(event))
    return to<Job>(recorded, Job::Release{JobHold::admin});
  if (const auto* changed = std::get_if<JobChanged>(&event))
    return to<Job>(recorded, Job::Change{changed->change});
  if (const auto* stop = std::get_if<JobStopRequested>(&event); stop && !stop->by.empty())
    return to<Job>(recorded, Job::Stop{*stop, 0});
  if (const auto* array = std::get_if<JobArraySubmitted>(&event))
    return to<JobArray>(recorded, JobArray::Submit{*array});
  if (const auto* cancelled = std::get_if<JobArrayCancelled>(&event))
    return to<JobArray>(recorded, JobArray::Cancel{cancelled->by});
  return std::nullopt;
}

Request request_of_user(const RecordedEvent& recorded) {
  const auto& event = recorded.event;
  if (const auto* applied = std::get_if<CenterUserApplied>(&event))
    return to<CenterUser>(recorded, CenterUser::Apply{*applied});
  if (const auto* approved = std::get_if<CenterUserApproved>(&event))
    return to<CenterUser>(recorded, CenterUser::Approve{*approved});
  if (const auto* grant = std::get_if<CenterUserGrantChanged>(&event))
    return to<CenterUser>(recorded, CenterUser::ChangeGrant{grant->grant});
  if (const auto* suspended = std::get_if<CenterUserSuspended>(&event))
    return to<CenterUser>(recorded, CenterUser::Suspend{*suspended});
  if (std::holds_alternative<CenterUserReinstated>(event))
    return to<CenterUser>(recorded, CenterUser::Reinstate{});
  if (std::holds_alternative<CenterUserErased>(event))
    return to<CenterUser>(recorded, CenterUser::Erase{});
  if (const auto* team = std::get_if<CenterTeamSet>(&event))
    return to<CenterTeam>(recorded, CenterTeam::Set{*team});
  if (std::holds_alternative<CenterTeamDissolved>(event))
    return to<CenterTeam>(recorded, CenterTeam::Dissolve{});
  return std::nullopt;
}

Request request_of_fleet(const RecordedEvent& recorded) {
  const auto& event = recorded.event;
  if (const auto* policy = std::get_if<BatchPolicySet>(&event))
    return to<BatchPolicyRecord>(recorded, BatchPolicyRecord::Set{policy->policy});
  if (const auto* cluster = std::get_if<ClusterDeclared>(&event))
    return to<Cluster>(recorded, Cluster::Declare{*cluster});
  if (const auto* node = std::get_if<NodeRegistered>(&event))
    return to<Node>(recorded, Node::Register{*node});
  if (const auto* cordon = std::get_if<NodeCordoned>(&event); cordon && cordon->owner.empty())
    return to<Node>(recorded, Node::Cordon{cordon->reason, {}});
  if (const auto* lifted = std::get_if<NodeCordonLifted>(&event); lifted && lifted->owner.empty())
    return to<Node>(recorded, Node::Uncordon{});
  if (std::holds_alternative<NodeUncordoned>(event)) return to<Node>(recorded, Node::Uncordon{});
  return std::nullopt;
}

/// "gpu/<node>:<index>".
std::optional<std::pair<std::string, std::uint32_t>> gpu_of(std::string_view stream) {
  const auto id = stream_id(stream);
  const auto colon = id.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::uint32_t index = 0;
  const auto digits = id.substr(colon + 1);
  std::from_chars(digits.data(), digits.data() + digits.size(), index);
  return std::pair{std::string(id.substr(0, colon)), index};
}

std::optional<MachineFate> fate_of(const RecordedEvent& recorded) {
  const auto& event = recorded.event;
  const std::string id(stream_id(recorded.stream));
  if (const auto* lost = std::get_if<NodeLost>(&event)) return LoseNode{id, lost->reason};
  if (std::holds_alternative<NodeBecameReady>(event)) return RestoreNode{id};
  const auto gpu = gpu_of(recorded.stream);
  if (!gpu) return std::nullopt;
  if (const auto* fault = std::get_if<GpuFaulted>(&event))
    return FaultGpu{gpu->first, gpu->second, fault->reason};
  if (std::holds_alternative<GpuRepaired>(event)) return RepairGpu{gpu->first, gpu->second};
  return std::nullopt;
}

/// Reads a log once.
class Reading {
 public:
  explicit Reading(Position position) : position_(position) {}

  void apply(const RecordedEvent& recorded) {
    const auto aggregate = stream_aggregate(recorded.stream);
    if (aggregate == "job") follow_job(recorded);
    if (aggregate == "lease") follow_lease(recorded);
    if (recorded.position <= position_) return;
    if (auto fate = fate_of(recorded)) asked_.fates.push_back({recorded.time, std::move(*fate)});
    follow_request(recorded);
  }

  AskedAfter finished() && {
    for (auto& [id, lease] : leases_)
      if (lease.is_after)
        asked_.leases.push_back({lease.requested_at, {id, std::move(lease.seen)}});
    std::sort(asked_.leases.begin(), asked_.leases.end(),
              [](const auto& a, const auto& b) { return a.at < b.at; });
    return std::move(asked_);
  }

 private:
  struct Started {
    Time at{};
    bool is_stopped = false;
  };
  struct Leased {
    Time requested_at{};
    std::optional<Time> granted_at;
    bool is_after = false;
    SeenLease seen;
  };

  void follow_job(const RecordedEvent& recorded) {
    const std::string id(stream_id(recorded.stream));
    const auto& event = recorded.event;
    if (std::holds_alternative<JobStarted>(event)) {
      started_[id] = {recorded.time, false};
    } else if (std::holds_alternative<JobStopRequested>(event)) {
      started_[id].is_stopped = true;
    } else if (const auto* exit = std::get_if<JobExited>(&event)) {
      const auto started = started_[id];
      if (!started.is_stopped && started.at != Time{} && exit->is_confirmed)
        asked_.runs[id] = {recorded.time - started.at, {id, exit->exit_code, exit->signal}};
      started_.erase(id);
    }
  }

  void follow_lease(const RecordedEvent& recorded) {
    const std::string id(stream_id(recorded.stream));
    const auto& event = recorded.event;
    if (const auto* request = std::get_if<LeaseRequested>(&event)) {
      if (stream_aggregate(request->holder) == "job") return;
      leases_[id] = {recorded.time, {}, recorded.position > position_, {*request, {}}};
      return;
    }
    const auto lease = leases_.find(id);
    if (lease == leases_.end()) return;
    if (std::holds_alternative<LeaseGranted>(event)) lease->second.granted_at = recorded.time;
    const bool has_ended =
        std::holds_alternative<LeaseReleased>(event) || std::holds_alternative<LeaseExpired>(event);
    if (has_ended && lease->second.granted_at)
      lease->second.seen.held = recorded.time - *lease->second.granted_at;
    // How long it would have held what it never got is not known.
    const bool is_refused = std::holds_alternative<LeaseRefused>(event);
    if (is_refused || (has_ended && !lease->second.granted_at)) leases_.erase(lease);
  }

  void follow_request(const RecordedEvent& recorded) {
    auto request = request_of_job(recorded);
    if (!request) request = request_of_user(recorded);
    if (!request) request = request_of_fleet(recorded);
    if (request)
      asked_.requests.push_back({recorded.time, std::move(*request)});
    else if (is_persons(recorded))
      ++asked_.not_repeated[std::string(name_of(recorded.event))];
  }

  /// Asked for by somebody outside, and no report of machines or progress of a job.
  static bool is_persons(const RecordedEvent& recorded) {
    const std::string_view actor = recorded.origin.actor;
    const auto aggregate = stream_aggregate(recorded.stream);
    const bool is_ours = actor.starts_with("process/") || actor.starts_with("driver") ||
                         actor.starts_with("placement") || actor.starts_with("batch");
    return recorded.origin.causation == 0 && !is_ours && aggregate != "gpu" &&
           aggregate != "lease" && aggregate != "job" && aggregate != "node";
  }

  Position position_;
  AskedAfter asked_;
  std::map<std::string, Started> started_;
  std::map<std::string, Leased> leases_;
};

}  // namespace

boost::system::result<AskedAfter, ForkFailure> asked_after(const EventLog& log, Position position) {
  Reading reading(position);
  RecordedEvent recorded;
  const auto read = log.read(1, log.head(), [&](const StoredEvent& stored) {
    record(stored, recorded);
    reading.apply(recorded);
    return true;
  });
  if (!read) return ForkFailure{read.error().message};
  return std::move(reading).finished();
}

}  // namespace orrery
