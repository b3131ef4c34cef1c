#include "projections/services/service_view.hpp"

#include <algorithm>
#include <charconv>
#include <deque>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "events/archive.hpp"
#include "events/folds/service_replicas.hpp"
#include "events/folds/service_words.hpp"
#include "events/stream_name.hpp"
#include "projections/runtime/writer_first_mutex.hpp"

namespace orrery {
namespace {

std::size_t index_of(ServiceStatus status) { return static_cast<std::size_t>(status); }

/// What is over shows how it ended; what is being ended already shows how it will.
ServiceStatus status_of(ServiceStopReason reason) {
  return reason == ServiceStopReason::cancelled ? ServiceStatus::cancelled : ServiceStatus::failed;
}

ServiceStatus status_of(ServiceOutcome outcome) {
  switch (outcome) {
    case ServiceOutcome::completed:
      return ServiceStatus::completed;
    case ServiceOutcome::cancelled:
      return ServiceStatus::cancelled;
    case ServiceOutcome::failed:
      break;
  }
  return ServiceStatus::failed;
}

std::string_view sentence_of(ServiceStopReason reason) {
  switch (reason) {
    case ServiceStopReason::time_limit:
      return "It has had its time and is being stopped.";
    case ServiceStopReason::gpu_fault:
      return "One of its GPUs broke, and it is being stopped.";
    case ServiceStopReason::cancelled:
      break;
  }
  return "It is being stopped on request.";
}

/// One that is being ended doesn't get on any more, whatever its driver still says.
void get_on(ServiceDetails& service, ServiceStatus status) {
  if (service.stop_reason) return;
  service.status = status;
  service.reason_code.clear();
  service.reason.clear();
}

void be_stopped(ServiceDetails& service, ServiceStopReason reason) {
  service.stop_reason = reason;
  service.status = status_of(reason);
  service.reason_code = "stopping";
  service.reason = sentence_of(reason);
}

// Its stored form.

void write(ByteWriter& writer, const ServiceDetails& service) {
  writer(service.id, *service.request, service.status, service.placement, service.launched,
         service.stop_reason, service.ended, service.reason_code, service.reason,
         service.created_at, service.history, service.version);
}

std::shared_ptr<ServiceDetails> read(ByteReader& reader) {
  auto service = std::make_shared<ServiceDetails>();
  auto request = std::make_shared<ServiceRequested>();
  reader(service->id, *request, service->status, service->placement, service->launched,
         service->stop_reason, service->ended, service->reason_code, service->reason,
         service->created_at, service->history, service->version);
  service->request = std::move(request);
  if (service->status > ServiceStatus::cancelled) throw MalformedBytes("unknown service status");
  if (service->stop_reason > ServiceStopReason::gpu_fault)
    throw MalformedBytes("unknown reason to stop a service");
  return service;
}

}  // namespace

struct ServiceView::State {
  void fold(const ServiceRequested& request, const RecordedEvent& recorded);
  void fold(const ServicePlaced& placed, const RecordedEvent& recorded);
  void fold(const ServiceBuildBegan&, const RecordedEvent& recorded);
  void fold(const ServiceLaunched& launched, const RecordedEvent& recorded);
  void fold(const ServiceBecameReady&, const RecordedEvent& recorded);
  void fold(const ServiceStopRequested& stop, const RecordedEvent& recorded);
  void fold(const ServiceEnded& ended, const RecordedEvent& recorded);
  void fold(const ServiceGroupRequested& request, const RecordedEvent& recorded);
  void fold(const ServiceGroupCancelled&, const RecordedEvent& recorded);
  void fold(const LeaseQueued&, const RecordedEvent& recorded);

  /// One that is there already is passed over.
  void add(Service service);
  void add(Group group);
  void note_request(const std::string& request_id, ServiceOfRequest made);
  /// Changes it where there is one. Whoever holds the service keeps the one from before.
  template <class Change>
  void change(std::string_view id, Time time, Change change);
  /// The same for an event of its own stream.
  template <class Change>
  void advance(const RecordedEvent& recorded, Change change);

  mutable WriterFirstMutex mutex;
  /// In the order of creation. They stay where they are, and nothing ever goes.
  std::deque<Service> services;
  std::deque<Group> groups;
  std::map<std::string, Service*, std::less<>> by_id;
  std::map<std::string, Group*, std::less<>> groups_by_id;
  std::map<std::string, ServiceOfRequest, std::less<>> requests;
  std::uint64_t largest_id = 0;
  Counts counts{};
};

ServiceView::ServiceView() : state_(std::make_unique<State>()) {}
ServiceView::~ServiceView() = default;

ServiceView::Service ServiceView::find(std::string_view id) const {
  const std::shared_lock lock(state_->mutex);
  const auto found = state_->by_id.find(id);
  return found == state_->by_id.end() ? nullptr : *found->second;
}

std::vector<ServiceView::Service> ServiceView::list() const {
  const std::shared_lock lock(state_->mutex);
  return {state_->services.begin(), state_->services.end()};
}

ServiceView::Group ServiceView::find_group(std::string_view id) const {
  const std::shared_lock lock(state_->mutex);
  const auto found = state_->groups_by_id.find(id);
  return found == state_->groups_by_id.end() ? nullptr : *found->second;
}

std::vector<ServiceView::Group> ServiceView::groups() const {
  const std::shared_lock lock(state_->mutex);
  return {state_->groups.begin(), state_->groups.end()};
}

std::vector<ServiceView::Service> ServiceView::replicas(std::string_view group_id) const {
  std::vector<Service> replicas;
  const std::shared_lock lock(state_->mutex);
  const auto found = state_->groups_by_id.find(group_id);
  if (found == state_->groups_by_id.end()) return replicas;
  for (const auto& id : (*found->second)->request.service_ids)
    if (const auto replica = state_->by_id.find(id); replica != state_->by_id.end())
      replicas.push_back(*replica->second);
  return replicas;
}

std::uint64_t ServiceView::largest_id() const {
  const std::shared_lock lock(state_->mutex);
  return state_->largest_id;
}

std::optional<ServiceOfRequest> ServiceView::of_request(std::string_view request_id) const {
  const std::shared_lock lock(state_->mutex);
  const auto found = state_->requests.find(request_id);
  return found == state_->requests.end() ? std::nullopt : std::optional(found->second);
}

ServiceView::Counts ServiceView::counts() const {
  const std::shared_lock lock(state_->mutex);
  return state_->counts;
}

void ServiceView::apply(const RecordedEvent& recorded) {
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { state_->fold(event, recorded); }) state_->fold(event, recorded);
      },
      recorded.event);
}

// How the state changes.

void ServiceView::State::add(Service service) {
  std::uint64_t number = 0;
  const auto& id = service->id;
  (void)std::from_chars(id.data(), id.data() + id.size(), number);
  const std::unique_lock lock(mutex);
  const auto [slot, is_new] = by_id.emplace(id, nullptr);
  if (!is_new) return;
  ++counts[index_of(service->status)];
  largest_id = std::max(largest_id, number);
  services.push_back(std::move(service));
  slot->second = &services.back();
}

void ServiceView::State::add(Group group) {
  const std::unique_lock lock(mutex);
  const auto [slot, is_new] = groups_by_id.emplace(group->id, nullptr);
  if (!is_new) return;
  groups.push_back(std::move(group));
  slot->second = &groups.back();
}

void ServiceView::State::note_request(const std::string& request_id, ServiceOfRequest made) {
  if (made.digest.empty()) return;
  const std::unique_lock lock(mutex);
  requests.emplace(request_id, std::move(made));
}

template <class Change>
void ServiceView::State::change(std::string_view id, Time time, Change change) {
  const auto found = by_id.find(id);  // The writer reads without the lock.
  if (found == by_id.end()) return;
  const auto before = (*found->second)->status;
  auto changed = std::make_shared<ServiceDetails>(**found->second);
  change(*changed);
  const auto after = changed->status;
  if (after != before) changed->history.push_back({after, time});
  Service last = std::move(changed);  // What nobody holds any more is freed after the lock.
  const std::unique_lock lock(mutex);
  --counts[index_of(before)];
  ++counts[index_of(after)];
  found->second->swap(last);
}

template <class Change>
void ServiceView::State::advance(const RecordedEvent& recorded, Change change) {
  this->change(stream_id(recorded.stream), recorded.time, [&](ServiceDetails& service) {
    service.version = recorded.version;
    change(service);
  });
}

// What the events say.

void ServiceView::State::fold(const ServiceRequested& request, const RecordedEvent& recorded) {
  const std::string id(stream_id(recorded.stream));
  note_request(request.request_id, {id, false, request.request_digest});
  if (by_id.contains(id))
    return advance(recorded, [&](ServiceDetails& service) {
      service.request = std::make_shared<ServiceRequested>(request);
    });
  auto service = std::make_shared<ServiceDetails>();
  service->id = id;
  service->request = std::make_shared<ServiceRequested>(request);
  service->created_at = recorded.time;
  service->history = {{ServiceStatus::pending, recorded.time}};
  service->version = recorded.version;
  add(Service(std::move(service)));
}

void ServiceView::State::fold(const LeaseQueued&, const RecordedEvent& recorded) {
  constexpr std::string_view prefix = "service-";
  const auto lease_id = stream_id(recorded.stream);
  if (!lease_id.starts_with(prefix)) return;
  change(lease_id.substr(prefix.size()), recorded.time, [](ServiceDetails& service) {
    if (service.status != ServiceStatus::pending) return;
    const auto& wish = service.specification();
    service.reason_code = "queued";
    service.reason = fmt::format(
        "It waits in the queue of the cluster {}, behind those who came earlier, for {}.",
        wish.cluster, words_of(wish.resources));
  });
}

void ServiceView::State::fold(const ServicePlaced& placed, const RecordedEvent& recorded) {
  advance(recorded, [&](ServiceDetails& service) {
    service.placement = placed;
    get_on(service, ServiceStatus::starting);
  });
}

void ServiceView::State::fold(const ServiceBuildBegan&, const RecordedEvent& recorded) {
  advance(recorded, [](ServiceDetails& service) { get_on(service, ServiceStatus::building); });
}

void ServiceView::State::fold(const ServiceLaunched& launched, const RecordedEvent& recorded) {
  advance(recorded, [&](ServiceDetails& service) {
    service.launched = launched;
    get_on(service, ServiceStatus::starting);
  });
}

void ServiceView::State::fold(const ServiceBecameReady&, const RecordedEvent& recorded) {
  advance(recorded, [](ServiceDetails& service) { get_on(service, ServiceStatus::running); });
}

void ServiceView::State::fold(const ServiceStopRequested& stop, const RecordedEvent& recorded) {
  advance(recorded, [&](ServiceDetails& service) { be_stopped(service, stop.reason); });
}

void ServiceView::State::fold(const ServiceEnded& ended, const RecordedEvent& recorded) {
  advance(recorded, [&](ServiceDetails& service) {
    service.ended = ended;
    service.status = status_of(ended.outcome);
    service.reason_code = ended.code;
    service.reason = ended.message;
  });
}

/// Its replicas are there at once, so that whoever asked for it sees them.
void ServiceView::State::fold(const ServiceGroupRequested& request, const RecordedEvent& recorded) {
  auto group = std::make_shared<ServiceGroupDetails>();
  group->id = stream_id(recorded.stream);
  group->request = request;
  group->created_at = recorded.time;
  group->version = recorded.version;
  for (std::uint32_t i = 0; i < request.service_ids.size(); ++i) {
    auto replica = std::make_shared<ServiceDetails>();
    replica->id = request.service_ids[i];
    replica->request =
        std::make_shared<ServiceRequested>(request_of_replica(group->id, request, i));
    replica->created_at = recorded.time;
    replica->history = {{ServiceStatus::pending, recorded.time}};
    add(Service(std::move(replica)));
  }
  note_request(request.request_id, {group->id, true, request.request_digest});
  add(Group(std::move(group)));
}

/// What is said to the group holds for each replica, before that is told so itself.
void ServiceView::State::fold(const ServiceGroupCancelled&, const RecordedEvent& recorded) {
  const auto found = groups_by_id.find(stream_id(recorded.stream));
  if (found == groups_by_id.end()) return;
  auto changed = std::make_shared<ServiceGroupDetails>(**found->second);
  changed->is_cancelled = true;
  changed->version = recorded.version;
  for (const auto& id : changed->request.service_ids)
    change(id, recorded.time, [](ServiceDetails& replica) {
      if (!replica.ended && !replica.stop_reason) be_stopped(replica, ServiceStopReason::cancelled);
    });
  Group last = std::move(changed);
  const std::unique_lock lock(mutex);
  found->second->swap(last);
}

// Snapshots.

void ServiceView::save(std::string& out) const {
  ByteWriter writer(out);
  writer(static_cast<std::uint64_t>(state_->services.size()));
  for (const auto& service : state_->services) write(writer, *service);
  writer(static_cast<std::uint64_t>(state_->groups.size()));
  for (const auto& group : state_->groups) writer(*group);
  writer(state_->requests);
}

void ServiceView::load(std::string_view bytes) {
  state_ = std::make_unique<State>();
  auto loaded = std::make_unique<State>();
  ByteReader reader(bytes);
  std::uint64_t count = 0;
  reader(count);
  for (; count > 0; --count) loaded->add(Service(read(reader)));
  reader(count);
  for (; count > 0; --count) {
    auto group = std::make_shared<ServiceGroupDetails>();
    reader(*group);
    loaded->add(Group(std::move(group)));
  }
  reader(loaded->requests);
  if (!reader.exhausted()) throw MalformedBytes("bytes after the end");
  state_ = std::move(loaded);
}

}  // namespace orrery
