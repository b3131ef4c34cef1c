#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

#include "events/archive.hpp"

namespace orrery {

/// `Count` strings in one heap block that fits them exactly. `std::string` members would cost 32
/// bytes each and an allocation for most; read models hold millions of them.
template <std::size_t Count>
class PackedStrings {
 public:
  PackedStrings() = default;

  explicit PackedStrings(const std::array<std::string_view, Count>& strings) {
    Ends ends{};
    std::size_t size = 0;
    for (std::size_t i = 0; i < Count; ++i)
      ends[i] = static_cast<std::uint32_t>(size += strings[i].size());
    block_ = std::make_unique_for_overwrite<char[]>(sizeof ends + size);
    std::memcpy(block_.get(), ends.data(), sizeof ends);
    char* text = block_.get() + sizeof ends;
    for (const auto string : strings) text = append(text, string);
  }

  explicit operator bool() const { return block_ != nullptr; }

  /// Lives as long as this object's block, which moves with it. Empty where nothing is packed.
  std::string_view operator[](std::size_t i) const {
    if (!block_) return {};
    const auto begin = i == 0 ? 0 : end(i - 1);
    return {block_.get() + sizeof(Ends) + begin, end(i) - begin};
  }

  void save(ByteWriter& writer) const {
    writer(static_cast<bool>(block_));
    if (!block_) return;
    const std::size_t size = sizeof(Ends) + end(Count - 1);
    writer.write(block_.get(), size);
  }

  static PackedStrings loaded(ByteReader& reader) {
    PackedStrings packed;
    bool present = false;
    reader(present);
    if (!present) return packed;
    Ends ends{};
    reader.read(ends.data(), sizeof ends);
    for (std::size_t i = 1; i < Count; ++i)
      if (ends[i] < ends[i - 1]) throw MalformedBytes("packed strings overlap");
    if (ends[Count - 1] > reader.remaining()) throw MalformedBytes("cut short");
    packed.block_ = std::make_unique_for_overwrite<char[]>(sizeof ends + ends[Count - 1]);
    std::memcpy(packed.block_.get(), ends.data(), sizeof ends);
    reader.read(packed.block_.get() + sizeof ends, ends[Count - 1]);
    return packed;
  }

 private:
  using Ends = std::array<std::uint32_t, Count>;

  static char* append(char* to, std::string_view text) {
    if (!text.empty()) std::memcpy(to, text.data(), text.size());
    return to + text.size();
  }

  std::uint32_t end(std::size_t i) const {
    std::uint32_t value = 0;
    std::memcpy(&value, block_.get() + i * sizeof value, sizeof value);
    return value;
  }

  std::unique_ptr<char[]> block_;
};

}  // namespace orrery
