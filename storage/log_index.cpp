#include "storage/log_index.hpp"

namespace orrery {

StreamTip LogIndex::tip(std::string_view stream) const {
  {
    const std::lock_guard lock(mutex_);
    if (const auto* entry = recent_.streams.find(stream)) return entry->value.committed;
    if (frozen_)
      if (const auto* entry = frozen_->streams.find(stream)) return entry->value.committed;
  }
  // What was frozen a moment ago is in the older part by now.
  return older_ ? older_->stream(stream).value_or(StreamTip{}) : StreamTip{};
}

IndexPart::Stream& LogIndex::stream_entry(std::string_view name) {
  if (auto* entry = recent_.streams.find(name)) return entry->value;
  StreamTip tip;
  const auto* frozen = frozen_ ? frozen_->streams.find(name) : nullptr;
  if (frozen)
    tip = frozen->value.committed;
  else if (older_)
    tip = older_->stream(name).value_or(StreamTip{});
  return recent_.streams.insert(name, {tip, tip}).value;
}

std::optional<CommandAnswer> LogIndex::find_command(std::string_view id) const {
  if (const auto* entry = recent_.commands.find(id)) return entry->value;
  if (frozen_)
    if (const auto* entry = frozen_->commands.find(id)) return entry->value;
  return older_ ? older_->command(id) : std::nullopt;
}

bool LogIndex::add(CommitRecord& record) {
  Staging staging(*this);
  std::vector<StagedTip> tips;
  CommittedEvent event;
  for (auto position = record.first_position(); position <= record.last_position(); ++position) {
    if (!record.read(position, event)) return false;
    auto& stream = staging.stream(event.stored.stream);
    stream.staged = {event.stored.version, position};
    tips.push_back({&stream, stream.staged});
    if (event.stored.command_id.empty()) continue;
    if (auto* known = recent_.commands.find(event.stored.command_id)) {
      known->value.last_position = position;
      known->value.version = event.stored.version;
    } else {
      staging.add_command(event.stored.command_id, {position, position, event.stored.version});
    }
  }
  staging.publish(tips, record.last_position() - record.first_position() + 1);
  return true;
}

std::size_t LogIndex::recent_entries() const {
  const std::lock_guard lock(mutex_);
  return recent_.streams.size() + recent_.commands.size();
}

std::uint64_t LogIndex::recent_events() const {
  const std::lock_guard lock(mutex_);
  return recent_.event_count;
}

std::shared_ptr<const IndexPart> LogIndex::freeze(Position covered) {
  const std::lock_guard lock(mutex_);
  recent_.covered = covered;
  frozen_ = std::make_shared<const IndexPart>(std::exchange(recent_, IndexPart{}));
  return frozen_;
}

void LogIndex::drop_frozen() {
  std::shared_ptr<const IndexPart> dropped;  // Freed outside of the lock.
  const std::lock_guard lock(mutex_);
  dropped = std::move(frozen_);
}

void LogIndex::Staging::add_command(std::string_view id, const CommandAnswer& answer) {
  index_.recent_.commands.insert(id, answer);
}

void LogIndex::Staging::publish(const std::vector<StagedTip>& tips, std::uint64_t event_count) {
  for (const auto& [stream, tip] : tips) stream->committed = tip;
  index_.recent_.event_count += event_count;
}

}  // namespace orrery
