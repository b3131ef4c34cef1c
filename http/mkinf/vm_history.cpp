#include "http/mkinf/vm_history.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "events/stream_name.hpp"
#include "projections/networks/network_view.hpp"
#include "storage/event_log.hpp"

namespace orrery::mkinf {

namespace {

/// A VM whose story is longer is shown as it is now: nobody looks that far back.
constexpr Version event_count_max = 10'000;

/// Position of a stream's last event; 0 where it has none. Damage is found and reported elsewhere;
/// here and below it means that there is nothing more to show.
Position end_of(const EventLog& log, std::string_view stream) {
  Position end = 0;
  (void)log.read_stream(stream, 1, [&](const StoredEvent& stored) {
    end = stored.position;
    return true;
  });
  return end;
}

/// One VM's events, read once, and how far they have been folded. A page of operations asks for the
/// same VM at one moment after the other, so that it folds them once.
class Story {
 public:
  bool is_of(const EventLog& log, const VmDetails& now) const {
    return log_ == &log && vm_id_ == now.id && version_ == now.version;
  }

  void read(const EventLog& log, const VmDetails& now) {
    log_ = &log;
    vm_id_ = now.id;
    version_ = now.version;
    events_.clear();
    read_stream(log, stream_name("vm", now.id));
    for (const auto& disk : now.disks) read_stream(log, stream_name("disk", disk.id));
    for (const auto& disk_id : now.former_disk_ids) read_stream(log, stream_name("disk", disk_id));
    std::ranges::sort(events_, {}, &RecordedEvent::position);
    begin_anew();
  }

  /// As it was before that position.
  std::optional<VmDetails> before(Position end) {
    if (folded_count_ > 0 && events_[folded_count_ - 1].position >= end) begin_anew();
    while (folded_count_ < events_.size() && events_[folded_count_].position < end)
      view_->apply(events_[folded_count_++]);
    return view_->find_with_deleted(vm_id_);
  }

 private:
  void read_stream(const EventLog& log, std::string_view stream) {
    (void)log.read_stream(stream, 1, [&](const StoredEvent& stored) {
      events_.push_back(record(stored));
      return events_.size() < event_count_max;
    });
  }

  void begin_anew() {
    folded_count_ = 0;
    view_ = std::make_unique<VmView>(0);
  }

  const EventLog* log_ = nullptr;
  std::string vm_id_;
  Version version_ = 0;
  std::vector<RecordedEvent> events_;
  std::size_t folded_count_ = 0;
  std::unique_ptr<VmView> view_;
};

}  // namespace

std::optional<VmDetails> vm_at_end_of(const MkinfContext& context,
                                      const OperationDetails& operation) {
  const auto now = context.vms->find_with_deleted(operation.target_id);
  if (!now || now->version > event_count_max) return now;
  static thread_local Story story;
  if (!story.is_of(*context.log, *now)) story.read(*context.log, *now);
  auto then = story.before(end_of(*context.log, stream_name("operation", operation.id)));
  if (!then) return now;
  then->created_at = now->created_at;  // Of the request, which stands in another stream.
  if (const auto subnet = context.networks->find_subnet_with_deleted(then->specification.subnet_id))
    then->network_id = subnet->network_id;
  return then;
}

}  // namespace orrery::mkinf
