#include "projections/instances/instance_view.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <utility>
#include <variant>

#include "events/archive.hpp"
#include "events/stream_name.hpp"
#include "projections/runtime/string_map.hpp"
#include "projections/runtime/writer_first_mutex.hpp"

namespace orrery {

namespace {

/// Namespace and cluster.
using ListKey = std::pair<std::string, std::string>;

ListKey list_of(const InstanceDetails& instance) {
  const auto& specification = instance.order.specification;
  return {specification.namespace_id, specification.cluster};
}

}  // namespace

struct InstanceView::State {
  struct Entry {
    /// Position of its order.
    Position place = 0;
    Instance instance;
  };
  struct Slot {
    Position place = 0;
    const Entry* entry = nullptr;
  };
  /// In order of place: what is new comes to the end.
  using List = std::vector<Slot>;

  void fold(const OrderPlaced& placed, const RecordedEvent& recorded);
  void fold(const OrderRenewed& renewed, const RecordedEvent& recorded);
  void fold(const OrderRefunded& refunded, const RecordedEvent& recorded);
  void fold(const InstanceSnapshotTaken& taken, const RecordedEvent& recorded);
  void fold(const ContainerImageSaved&, const RecordedEvent& recorded);
  void fold(const InstancePlaced& placed, const RecordedEvent& recorded);
  void fold(const InstanceStarted& started, const RecordedEvent& recorded);
  void fold(const InstanceStopRequested& stop, const RecordedEvent& recorded);
  void fold(const InstanceStopped&, const RecordedEvent& recorded);
  void fold(const InstanceStartRequested&, const RecordedEvent& recorded);
  void fold(const InstanceInterrupted& interrupted, const RecordedEvent& recorded);
  void fold(const InstanceFailed& failed, const RecordedEvent& recorded);
  void fold(const InstanceDeletionRequested&, const RecordedEvent& recorded);
  void fold(const InstanceDeleted&, const RecordedEvent& recorded);

  void add(Entry entry);
  /// Whoever holds the instance keeps the one from before.
  template <class Change>
  void change(std::string_view name, Change change);
  void remove(std::string_view name);
  /// The images of this instance that the driver hasn't saved by now don't come.
  void drop_awaited(std::string_view name);
  const List* list(std::string_view namespace_id, std::string_view cluster) const;

  mutable WriterFirstMutex mutex;
  /// By name. Entries stay where they are, so that slots can point to them.
  std::unordered_map<std::string, Entry> entries;
  StringMap<Entry*> by_name;
  std::map<ListKey, List> lists;
  std::map<std::string, OrderOfRequest, std::less<>> requests;
  /// By the id of the image.
  std::map<std::string, AwaitedImage, std::less<>> awaited_images;
};

InstanceView::InstanceView() : state_(std::make_unique<State>()) {}
InstanceView::~InstanceView() = default;

InstanceView::Instance InstanceView::find(std::string_view namespace_id,
                                          std::string_view name) const {
  const std::shared_lock lock(state_->mutex);
  const auto found = state_->by_name.find(name);
  if (found == state_->by_name.end()) return nullptr;
  const auto& instance = found->second->instance;
  return instance->order.specification.namespace_id == namespace_id ? instance : nullptr;
}

InstanceView::Part InstanceView::list(std::string_view namespace_id, std::string_view cluster,
                                      std::size_t offset, std::size_t limit) const {
  Part part;
  const std::shared_lock lock(state_->mutex);
  const auto* list = state_->list(namespace_id, cluster);
  if (!list) return part;
  part.total_count = list->size();
  const auto begin = std::min(offset, list->size());
  const auto end = begin + std::min(limit, list->size() - begin);
  part.instances.reserve(end - begin);
  for (auto i = begin; i < end; ++i) part.instances.push_back((*list)[i].entry->instance);
  return part;
}

std::vector<InstanceView::Instance> InstanceView::displayed_as(std::string_view namespace_id,
                                                               std::string_view cluster,
                                                               std::string_view display_name,
                                                               std::size_t limit) const {
  std::vector<Instance> found;
  const std::shared_lock lock(state_->mutex);
  const auto* list = state_->list(namespace_id, cluster);
  if (!list) return found;
  for (const auto& slot : *list) {
    if (found.size() == limit) break;
    if (slot.entry->instance->order.specification.display_name == display_name)
      found.push_back(slot.entry->instance);
  }
  return found;
}

std::optional<OrderOfRequest> InstanceView::order_of_request(std::string_view order_id) const {
  const std::shared_lock lock(state_->mutex);
  const auto found = state_->requests.find(order_id);
  return found == state_->requests.end() ? std::nullopt : std::optional(found->second);
}

bool InstanceView::is_being_saved(std::string_view namespace_id, std::string_view image) const {
  const std::shared_lock lock(state_->mutex);
  return std::ranges::any_of(state_->awaited_images, [&](const auto& awaited) {
    return awaited.second.namespace_id == namespace_id && awaited.second.image == image;
  });
}

void InstanceView::apply(const RecordedEvent& recorded) {
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { state_->fold(event, recorded); }) state_->fold(event, recorded);
      },
      recorded.event);
}

const InstanceView::State::List* InstanceView::State::list(std::string_view namespace_id,
                                                           std::string_view cluster) const {
  const auto found = lists.find({std::string(namespace_id), std::string(cluster)});
  return found == lists.end() ? nullptr : &found->second;
}

void InstanceView::State::add(Entry entry) {
  const std::unique_lock lock(mutex);
  const auto [added, is_new] = entries.emplace(entry.instance->name(), std::move(entry));
  if (!is_new) return;
  by_name.emplace(added->first, &added->second);
  lists[list_of(*added->second.instance)].push_back({added->second.place, &added->second});
}

template <class Change>
void InstanceView::State::change(std::string_view name, Change change) {
  const auto found = by_name.find(name);  // The writer reads without the lock.
  if (found == by_name.end()) return;
  auto changed = std::make_shared<InstanceDetails>(*found->second->instance);
  change(*changed);
  Instance before = std::move(changed);  // What nobody holds any more is freed after the lock.
  const std::unique_lock lock(mutex);
  found->second->instance.swap(before);
}

void InstanceView::State::remove(std::string_view name) {
  const auto found = by_name.find(name);
  if (found == by_name.end()) return;
  const std::string key(name);
  const Entry entry = *found->second;
  const std::unique_lock lock(mutex);
  const auto listed = lists.find(list_of(*entry.instance));
  listed->second.erase(std::ranges::lower_bound(listed->second, entry.place, {}, &Slot::place));
  if (listed->second.empty()) lists.erase(listed);
  by_name.erase(found);
  entries.erase(key);
}

void InstanceView::State::fold(const OrderPlaced& placed, const RecordedEvent& recorded) {
  auto instance = std::make_shared<InstanceDetails>();
  instance->order = placed;
  instance->created_at = instance->terms_at = recorded.time;
  if (placed.terms.selling_type != SellingType::pay_as_you_go)
    instance->term.pay(placed.terms.selling_type, placed.period_count, seconds_of(recorded.time));
  add({recorded.position, std::move(instance)});
  if (placed.request_digest.empty()) return;
  const std::unique_lock lock(mutex);
  requests.emplace(placed.order_id, OrderOfRequest{recorded.position, placed.request_digest});
}

void InstanceView::State::fold(const OrderRenewed& renewed, const RecordedEvent& recorded) {
  change(renewed.instance_id, [&](InstanceDetails& instance) {
    instance.order.terms = renewed.terms;
    instance.terms_at = recorded.time;
    instance.term.pay(renewed.terms.selling_type, renewed.period_count, seconds_of(recorded.time));
    instance.updated_at = recorded.time;
  });
  if (renewed.request_digest.empty()) return;
  const std::unique_lock lock(mutex);
  requests.emplace(renewed.renewal_id, OrderOfRequest{recorded.position, renewed.request_digest});
}

/// An order of which no instance came, as its name was taken. One that failed is shown as such.
void InstanceView::State::fold(const OrderRefunded& refunded, const RecordedEvent& recorded) {
  const std::string namespace_id(stream_id(recorded.stream));
  std::string name;
  for (auto list = lists.lower_bound({namespace_id, {}});
       list != lists.end() && list->first.first == namespace_id; ++list)
    for (const auto& slot : list->second) {
      const auto& instance = *slot.entry->instance;
      if (instance.order.order_id == refunded.order_id && instance.state == InstanceState::creating)
        name = instance.name();
    }
  remove(name);
}

void InstanceView::State::fold(const InstanceSnapshotTaken& taken, const RecordedEvent&) {
  const std::unique_lock lock(mutex);
  const auto found = awaited_images.find(taken.snapshot.image_id);
  if (found != awaited_images.end()) found->second.taken = true;
}

void InstanceView::State::fold(const ContainerImageSaved&, const RecordedEvent& recorded) {
  const std::unique_lock lock(mutex);
  const auto found = awaited_images.find(stream_id(recorded.stream));
  if (found != awaited_images.end()) awaited_images.erase(found);
}

void InstanceView::State::drop_awaited(std::string_view name) {
  const std::unique_lock lock(mutex);
  std::erase_if(awaited_images, [&](const auto& awaited) {
    return awaited.second.instance_id == name && !awaited.second.taken;
  });
}

void InstanceView::State::fold(const InstancePlaced& placed, const RecordedEvent& recorded) {
  change(stream_id(recorded.stream), [&](InstanceDetails& instance) {
    instance.placement = {placed.node_id, placed.gpu_indices, placed.fence};
  });
}

void InstanceView::State::fold(const InstanceStarted& started, const RecordedEvent& recorded) {
  change(stream_id(recorded.stream), [&](InstanceDetails& instance) {
    instance.state = InstanceState::running;
    instance.address = {started.ip, started.ssh_port};
    instance.failure_code.clear();
    instance.failure_message.clear();
    if (instance.first_started_at) return;
    instance.first_started_at = recorded.time;
    if (!instance.term.waiting.empty()) instance.term.begin(seconds_of(recorded.time));
  });
}

void InstanceView::State::fold(const InstanceStopRequested& stop, const RecordedEvent& recorded) {
  std::string namespace_id;
  change(stream_id(recorded.stream), [&](InstanceDetails& instance) {
    namespace_id = instance.order.specification.namespace_id;
    instance.state = InstanceState::shutting_down;
    instance.address.reset();
    instance.updated_at = recorded.time;
  });
  if (!stop.snapshot || namespace_id.empty()) return;
  const std::unique_lock lock(mutex);
  awaited_images.insert_or_assign(stop.snapshot->image_id,
                                  AwaitedImage{namespace_id, stop.snapshot->image,
                                               std::string(stream_id(recorded.stream)), false});
}

void InstanceView::State::fold(const InstanceStopped&, const RecordedEvent& recorded) {
  drop_awaited(stream_id(recorded.stream));
  change(stream_id(recorded.stream), [](InstanceDetails& instance) {
    if (instance.state != InstanceState::deleting) instance.state = InstanceState::shutdown;
    instance.placement.reset();
    instance.address.reset();
  });
}

void InstanceView::State::fold(const InstanceStartRequested&, const RecordedEvent& recorded) {
  change(stream_id(recorded.stream), [&](InstanceDetails& instance) {
    instance.state = InstanceState::starting;
    instance.updated_at = recorded.time;
  });
}

void InstanceView::State::fold(const InstanceInterrupted& interrupted,
                               const RecordedEvent& recorded) {
  change(stream_id(recorded.stream), [&](InstanceDetails& instance) {
    instance.state = InstanceState::starting;
    instance.placement.reset();
    instance.address.reset();
    instance.failure_code = interrupted.code;
    instance.failure_message = interrupted.message;
  });
}

void InstanceView::State::fold(const InstanceFailed& failed, const RecordedEvent& recorded) {
  change(stream_id(recorded.stream), [&](InstanceDetails& instance) {
    instance.state = InstanceState::failed;
    instance.placement.reset();
    instance.address.reset();
    instance.failure_code = failed.code;
    instance.failure_message = failed.message;
  });
}

void InstanceView::State::fold(const InstanceDeletionRequested&, const RecordedEvent& recorded) {
  change(stream_id(recorded.stream), [&](InstanceDetails& instance) {
    instance.state = InstanceState::deleting;
    instance.address.reset();
    instance.updated_at = recorded.time;
  });
}

void InstanceView::State::fold(const InstanceDeleted&, const RecordedEvent& recorded) {
  drop_awaited(stream_id(recorded.stream));
  remove(stream_id(recorded.stream));
}

void InstanceView::save(std::string& out) const {
  std::vector<const State::Entry*> in_order;
  for (const auto& [name, entry] : state_->entries) in_order.push_back(&entry);
  std::ranges::sort(in_order, {}, &State::Entry::place);
  ByteWriter writer(out);
  writer(static_cast<std::uint64_t>(in_order.size()));
  for (const auto* entry : in_order) writer(entry->place, *entry->instance);
  writer(state_->requests, state_->awaited_images);
}

void InstanceView::load(std::string_view bytes) {
  state_ = std::make_unique<State>();
  auto loaded = std::make_unique<State>();
  ByteReader reader(bytes);
  std::uint64_t count = 0;
  reader(count);
  for (Position place = 0; count > 0; --count) {
    State::Entry entry;
    auto instance = std::make_shared<InstanceDetails>();
    reader(entry.place, *instance);
    if (entry.place <= std::exchange(place, entry.place)) throw MalformedBytes("not in order");
    if (instance->state > InstanceState::failed) throw MalformedBytes("unknown instance state");
    entry.instance = std::move(instance);
    loaded->add(std::move(entry));
  }
  reader(loaded->requests, loaded->awaited_images);
  if (!reader.exhausted()) throw MalformedBytes("bytes after the end");
  state_ = std::move(loaded);
}

}  // namespace orrery
