#include "projections/kittens/kitten_view.hpp"

#include <variant>

#include "events/archive.hpp"
#include "events/stream_name.hpp"

namespace orrery {

std::optional<KittenDetails> KittenView::find(std::string_view id) const {
  const std::scoped_lock lock(mutex_);
  const auto found = kittens_.find(id);
  return found == kittens_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<KittenDetails> KittenView::list() const {
  const std::scoped_lock lock(mutex_);
  std::vector<KittenDetails> kittens;
  for (const auto& [id, kitten] : kittens_) kittens.push_back(kitten);
  return kittens;
}

void KittenView::apply(const RecordedEvent& recorded) {
  const std::scoped_lock lock(mutex_);
  const auto id = std::string(stream_id(recorded.stream));
  if (const auto* kitten = std::get_if<KittenArrived>(&recorded.event))
    kittens_.emplace(id, KittenDetails{id, *kitten, false});
  if (std::holds_alternative<KittenRemoved>(recorded.event)) kittens_.at(id).removed = true;
}

void KittenView::save(std::string& out) const {
  ByteWriter writer(out);
  writer(kittens_);
}

void KittenView::load(std::string_view bytes) {
  kittens_.clear();
  Kittens loaded;
  ByteReader reader(bytes);
  reader(loaded);
  if (!reader.exhausted()) throw MalformedBytes("bytes after the end");
  kittens_ = std::move(loaded);
}

}  // namespace orrery
