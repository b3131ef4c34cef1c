#include "storage/commit_record.hpp"

#include <cstring>

namespace orrery {
namespace {

constexpr std::string_view format_mark = "OC01";
constexpr std::size_t hash_size = sizeof(ChainHash);
constexpr std::size_t mark_offset = hash_size;
constexpr std::size_t count_offset = mark_offset + format_mark.size();
constexpr std::size_t position_offset = count_offset + sizeof(std::uint32_t);
constexpr std::size_t time_offset = position_offset + sizeof(std::uint64_t);
constexpr std::size_t body_offset = time_offset + sizeof(std::int64_t);

template <class T>
void append_number(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void append_varint(std::string& out, std::uint64_t value) {
  char bytes[10];
  std::size_t size = 0;
  for (; value >= 0x80; value >>= 7) bytes[size++] = static_cast<char>(value | 0x80);
  bytes[size++] = static_cast<char>(value);
  out.append(bytes, size);
}

void append_text(std::string& out, std::string_view text) {
  append_varint(out, text.size());
  out.append(text);
}

template <class T>
T number_at(std::string_view bytes, std::size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

/// Reads varints and texts; once something doesn't fit, everything after it is empty and `ok`
/// false.
struct Cursor {
  const char* at;
  const char* end;
  bool ok = true;

  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && at < end; shift += 7) {
      const auto byte = static_cast<std::uint8_t>(*at++);
      value |= std::uint64_t{byte & 0x7Fu} << shift;
      if (byte < 0x80) return value;
    }
    ok = false;
    return 0;
  }

  std::string_view text() {
    const auto size = varint();
    if (size > static_cast<std::uint64_t>(end - at)) ok = false;
    if (!ok) return {};
    const std::string_view view(at, size);
    at += size;
    return view;
  }
};

}  // namespace

void CommitRecordWriter::begin(Position first_position, Time time, const ChainHash& previous_hash) {
  bytes_.clear();
  offsets_.clear();
  first_position_ = first_position;
  bytes_.append(reinterpret_cast<const char*>(previous_hash.data()), hash_size);
  bytes_.append(format_mark);
  append_number(bytes_, std::uint32_t{0});  // The count, known at the end.
  append_number(bytes_, first_position);
  append_number(bytes_, std::int64_t{time.time_since_epoch().count()});
}

void CommitRecordWriter::add(const Append& append, Version first_version,
                             Position previous_position) {
  const auto append_offset = bytes_.size();
  const auto position = next_position();
  append_text(bytes_, append.stream);
  append_text(bytes_, append.origin.actor);
  append_text(bytes_, append.origin.correlation);
  append_text(bytes_, append.command_id);
  append_varint(bytes_, first_version);
  append_varint(bytes_, offsets_.size());
  append_varint(bytes_, previous_position == 0 ? 0 : position - previous_position);
  append_varint(bytes_, append.origin.causation);
  for (const auto& event : append.events) {
    const auto offset = bytes_.size();
    offsets_.push_back(static_cast<std::uint32_t>(offset));
    append_varint(bytes_, offset - append_offset);
    append_varint(bytes_, event.tag);
    append_varint(bytes_, event.tag_version);
    append_text(bytes_, event.payload);
  }
}

ChainHash CommitRecordWriter::finish(ChainHasher& hasher) {
  const auto count = static_cast<std::uint32_t>(offsets_.size());
  std::memcpy(bytes_.data() + count_offset, &count, sizeof count);
  bytes_.append(reinterpret_cast<const char*>(offsets_.data()),
                offsets_.size() * sizeof(std::uint32_t));
  const auto hash = hasher(bytes_);
  bytes_.append(reinterpret_cast<const char*>(hash.data()), hash_size);
  return hash;
}

std::optional<CommitRecord> CommitRecord::parse(Position first_position, std::string_view bytes) {
  if (bytes.size() < body_offset + hash_size) return std::nullopt;
  if (bytes.substr(mark_offset, format_mark.size()) != format_mark) return std::nullopt;
  CommitRecord record;
  record.bytes_ = bytes;
  record.first_position_ = number_at<std::uint64_t>(bytes, position_offset);
  record.event_count_ = number_at<std::uint32_t>(bytes, count_offset);
  record.time_ = Time(Time::duration(number_at<std::int64_t>(bytes, time_offset)));
  const auto table_room = (bytes.size() - body_offset - hash_size) / sizeof(std::uint32_t);
  if (record.event_count_ == 0 || record.event_count_ > table_room) return std::nullopt;
  if (record.first_position_ != first_position) return std::nullopt;
  return record;
}

const ChainHash& CommitRecord::previous_hash() const {
  return *reinterpret_cast<const ChainHash*>(bytes_.data());
}

const ChainHash& CommitRecord::hash() const {
  return *reinterpret_cast<const ChainHash*>(bytes_.data() + bytes_.size() - hash_size);
}

bool CommitRecord::verify(ChainHasher& hasher) const {
  return hasher(bytes_.substr(0, bytes_.size() - hash_size)) == hash();
}

bool CommitRecord::read_append(std::size_t offset) {
  Cursor cursor{bytes_.data() + offset, bytes_.data() + bytes_.size()};
  append_.stream = cursor.text();
  append_.actor = cursor.text();
  append_.correlation = cursor.text();
  append_.command_id = cursor.text();
  append_.first_version = cursor.varint();
  append_.first_position = first_position_ + cursor.varint();
  const auto distance = cursor.varint();
  append_.causation = cursor.varint();
  if (!cursor.ok || distance > append_.first_position) return false;
  append_.previous_position = distance == 0 ? 0 : append_.first_position - distance;
  append_.offset = offset;
  return true;
}

bool CommitRecord::read(Position position, CommittedEvent& event) {
  const auto table = bytes_.size() - hash_size - event_count_ * sizeof(std::uint32_t);
  const auto index = position - first_position_;
  const std::size_t offset =
      number_at<std::uint32_t>(bytes_, table + index * sizeof(std::uint32_t));
  if (offset < body_offset || offset >= table) return false;
  Cursor cursor{bytes_.data() + offset, bytes_.data() + table};
  const auto distance = cursor.varint();
  if (!cursor.ok || distance > offset - body_offset || distance == 0) return false;
  if (offset - distance != append_.offset && !read_append(offset - distance)) return false;
  if (position < append_.first_position) return false;

  auto& stored = event.stored;
  stored.position = position;
  stored.stream = append_.stream;
  stored.version = append_.first_version + (position - append_.first_position);
  stored.time = time_;
  stored.actor = append_.actor;
  stored.causation = append_.causation;
  stored.correlation = append_.correlation;
  stored.command_id = append_.command_id;
  stored.tag = static_cast<std::uint16_t>(cursor.varint());
  stored.tag_version = static_cast<std::uint16_t>(cursor.varint());
  stored.payload = cursor.text();
  stored.previous_hash = &previous_hash();
  event.previous_position =
      position == append_.first_position ? append_.previous_position : position - 1;
  return cursor.ok;
}

}  // namespace orrery
