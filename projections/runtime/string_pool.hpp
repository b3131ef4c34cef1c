#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "events/archive.hpp"
#include "projections/runtime/string_map.hpp"

namespace orrery {

/// A string that many entries share. `index` counts from 0 in the order of first use, so the same
/// events give the same indices.
struct PooledString {
  std::string text;
  std::uint32_t index = 0;
};

/// Keeps each string once, for ever: for the few values that many resources repeat (projects,
/// types, locations), never for what a customer writes freely. One thread adds; any thread reads
/// the strings, whose addresses stay.
class StringPool {
 public:
  const PooledString* pool(std::string_view text) {
    if (const auto found = by_text_.find(text); found != by_text_.end()) return found->second;
    const auto index = static_cast<std::uint32_t>(strings_.size());
    const auto& added = strings_.emplace_back(PooledString{std::string(text), index});
    by_text_.emplace(added.text, &added);
    return &added;
  }

  /// For loading: what `index` stood for when the pool was saved.
  const PooledString* at(std::uint32_t index) const {
    if (index >= strings_.size()) throw MalformedBytes("unknown pooled string");
    return &strings_[index];
  }

  void save(ByteWriter& writer) const {
    writer(static_cast<std::uint32_t>(strings_.size()));
    for (const auto& string : strings_) writer(string.text);
  }

  /// The pool must be empty.
  void load(ByteReader& reader) {
    std::uint32_t count = 0;
    reader(count);
    std::string text;
    for (std::uint32_t i = 0; i < count; ++i) {
      reader(text);
      if (pool(text)->index != i) throw MalformedBytes("pooled string twice");
    }
  }

 private:
  std::deque<PooledString> strings_;
  StringMap<const PooledString*> by_text_;
};

}  // namespace orrery
