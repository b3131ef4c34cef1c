#include "http/native/encoded_batch.hpp"

#include <algorithm>

#include <boost/json/serialize.hpp>

#include "events/event_json.hpp"

namespace orrery {

const std::string& EncodedBatch::text(std::size_t index) const {
  auto& text = texts_[index];
  std::call_once(text.once, [&] { append_server_sent(text.bytes, (*events_)[index]); });
  return text.bytes;
}

void append_server_sent(std::string& out, const RecordedEvent& recorded) {
  out.append("id: ").append(std::to_string(recorded.position));
  out.append("\nevent: ").append(name_of(recorded.event));
  out.append("\ndata: ").append(boost::json::serialize(to_json(recorded))).append("\n\n");
}

std::shared_ptr<const EncodedBatch> EncodedHistory::block_with(Position position, Position head) {
  const auto first = (position - 1) / block_event_count * block_event_count + 1;
  if (first + block_event_count - 1 > head) return nullptr;
  const auto block = find_or_begin(first);
  std::call_once(block->once, [&] { fill(*block); });
  return block->events;
}

std::shared_ptr<EncodedHistory::Block> EncodedHistory::find_or_begin(Position first) {
  const std::scoped_lock lock(mutex_);
  const auto found =
      std::ranges::find_if(blocks_, [&](const auto& block) { return block->first == first; });
  auto block = found == blocks_.end() ? std::make_shared<Block>() : *found;
  block->first = first;
  if (found != blocks_.end()) blocks_.erase(found);
  blocks_.push_back(block);
  if (blocks_.size() > block_count_max) blocks_.pop_front();
  return block;
}

void EncodedHistory::fill(Block& block) const {
  auto events = std::make_shared<std::vector<RecordedEvent>>();
  events->reserve(block_event_count);
  const auto last = block.first + block_event_count - 1;
  const auto read = log_.read(block.first, last, [&](const StoredEvent& stored) {
    events->push_back(record(stored));
    return true;
  });
  if (read && events->size() == block_event_count)
    block.events = std::make_shared<const EncodedBatch>(std::move(events));
}

}  // namespace orrery
