#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

#include <boost/describe.hpp>
#include <boost/mp11/algorithm.hpp>
#include <cereal/cereal.hpp>
#include <cereal/types/chrono.hpp>
#include <cereal/types/map.hpp>
#include <cereal/types/optional.hpp>
#include <cereal/types/set.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/unordered_map.hpp>
#include <cereal/types/utility.hpp>
#include <cereal/types/variant.hpp>
#include <cereal/types/vector.hpp>

namespace orrery {

static_assert(std::endian::native == std::endian::little, "the stored form is little-endian");

/// Bytes that cannot be decoded: cut short, a length beyond the input, or an unknown alternative.
struct MalformedBytes : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// cereal archive that appends to a caller's string. Integers are little-endian and of their own
/// width, sizes are LEB128. Reuse the string: a buffer that has grown once costs no allocation
/// again.
class ByteWriter : public cereal::OutputArchive<ByteWriter, cereal::AllowEmptyClassElision> {
 public:
  explicit ByteWriter(std::string& out) : OutputArchive(this), out_(out) {}

  void write(const void* data, std::size_t size) {
    out_.append(static_cast<const char*>(data), size);
  }

  void write_size(std::uint64_t size) {
    for (; size >= 0x80; size >>= 7) out_.push_back(static_cast<char>(size | 0x80));
    out_.push_back(static_cast<char>(size));
  }

 private:
  std::string& out_;
};

/// cereal archive over bytes that are not trusted: every size is checked against what is left
/// before anything is allocated. Throws `MalformedBytes`; the caller turns that into an error with
/// a position.
class ByteReader : public cereal::InputArchive<ByteReader, cereal::AllowEmptyClassElision> {
 public:
  explicit ByteReader(std::string_view in) : InputArchive(this), in_(in) {}

  void read(void* data, std::size_t size) {
    if (size > in_.size()) throw MalformedBytes("cut short");
    std::memcpy(data, in_.data(), size);
    in_.remove_prefix(size);
  }

  /// A count of elements. Each takes a byte at least, so a count beyond the bytes left is a lie.
  std::uint64_t read_size() {
    std::uint64_t size = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      std::uint8_t byte = 0;
      read(&byte, 1);
      size |= std::uint64_t{byte & 0x7Fu} << shift;
      if (byte < 0x80) {
        if (size > in_.size()) throw MalformedBytes("size beyond the input");
        return size;
      }
    }
    throw MalformedBytes("size of more than 64 bits");
  }

  bool exhausted() const { return in_.empty(); }
  std::size_t remaining() const { return in_.size(); }

 private:
  std::string_view in_;
};

template <class T>
requires std::is_arithmetic_v<T>
void CEREAL_SAVE_FUNCTION_NAME(ByteWriter& archive, const T& value) {
  archive.write(&value, sizeof value);
}
template <class T>
requires std::is_arithmetic_v<T>
void CEREAL_LOAD_FUNCTION_NAME(ByteReader& archive, T& value) {
  archive.read(&value, sizeof value);
}

/// Names are for text archives; bytes hold the value alone.
template <class T>
void CEREAL_SAVE_FUNCTION_NAME(ByteWriter& archive, const cereal::NameValuePair<T>& pair) {
  archive(pair.value);
}
template <class T>
void CEREAL_LOAD_FUNCTION_NAME(ByteReader& archive, cereal::NameValuePair<T>& pair) {
  archive(pair.value);
}

template <class T>
void CEREAL_SAVE_FUNCTION_NAME(ByteWriter& archive, const cereal::SizeTag<T>& tag) {
  archive.write_size(tag.size);
}
template <class T>
void CEREAL_LOAD_FUNCTION_NAME(ByteReader& archive, cereal::SizeTag<T>& tag) {
  tag.size = static_cast<std::remove_reference_t<T>>(archive.read_size());
}

template <class T>
void CEREAL_SAVE_FUNCTION_NAME(ByteWriter& archive, const cereal::BinaryData<T>& data) {
  archive.write(data.data, static_cast<std::size_t>(data.size));
}
template <class T>
void CEREAL_LOAD_FUNCTION_NAME(ByteReader& archive, cereal::BinaryData<T>& data) {
  archive.read(const_cast<void*>(static_cast<const void*>(data.data)),
               static_cast<std::size_t>(data.size));
}

/// Every described struct is stored as its members in the order of the description.
template <class Archive, class T>
requires boost::describe::has_describe_members<T>::value &&
    (!std::is_union_v<T>)void CEREAL_SERIALIZE_FUNCTION_NAME(Archive& archive, T& value) {
  using Members = boost::describe::describe_members<T, boost::describe::mod_public>;
  boost::mp11::mp_for_each<Members>([&](auto member) { archive(value.*member.pointer); });
}

}  // namespace orrery

CEREAL_REGISTER_ARCHIVE(orrery::ByteWriter)
CEREAL_REGISTER_ARCHIVE(orrery::ByteReader)
CEREAL_SETUP_ARCHIVE_TRAITS(orrery::ByteReader, orrery::ByteWriter)
