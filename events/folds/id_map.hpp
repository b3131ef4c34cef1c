#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "events/archive.hpp"

namespace orrery {

/// Values by id, found without making a string. Its order means nothing; what is saved is sorted,
/// so the same content gives the same bytes.
template <class Value>
class IdMap {
 public:
  Value* find(std::string_view id) {
    const auto found = values_.find(id);
    return found == values_.end() ? nullptr : &found->second;
  }
  const Value* find(std::string_view id) const {
    const auto found = values_.find(id);
    return found == values_.end() ? nullptr : &found->second;
  }

  /// Good until the next change of the map.
  Value& insert(std::string_view id, Value value) {
    return values_.insert_or_assign(std::string(id), std::move(value)).first->second;
  }
  bool erase(std::string_view id) {
    const auto found = values_.find(id);
    if (found == values_.end()) return false;
    values_.erase(found);
    return true;
  }

  std::size_t size() const { return values_.size(); }

  /// In no order: for checks of all alike.
  template <class Visitor>
  void visit(const Visitor& visitor) const {
    for (const auto& [id, value] : values_) visitor(value);
  }

  void save(ByteWriter& writer) const {
    std::vector<const std::pair<const std::string, Value>*> sorted;
    sorted.reserve(values_.size());
    for (const auto& value : values_) sorted.push_back(&value);
    std::ranges::sort(
        sorted, {}, [](const auto* value) -> const auto& { return value->first; });
    writer(static_cast<std::uint64_t>(sorted.size()));
    for (const auto* value : sorted) writer(value->first, value->second);
  }

  void load(ByteReader& reader) {
    values_.clear();
    std::uint64_t count = 0;
    reader(count);
    for (std::uint64_t i = 0; i < count; ++i) {
      std::string id;
      Value value;
      reader(id, value);
      values_.insert_or_assign(std::move(id), std::move(value));
    }
  }

 private:
  struct Hash {
    using is_transparent = void;
    using is_avalanching = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  boost::unordered_flat_map<std::string, Value, Hash, std::equal_to<>> values_;
};

}  // namespace orrery
