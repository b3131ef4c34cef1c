#include <charconv>
#include <cstring>
#include <istream>

#include <fmt/format.h>

#include "events/archive.hpp"
#include "events/codec.hpp"
#include "storage/bundle/bundle.hpp"
#include "storage/bundle/bundle_parts.hpp"
#include "storage/chain.hpp"

namespace orrery {
namespace {

constexpr std::string_view no_bundle =
    "this is no bundle: `orrery log export --all FILE.bundle` makes one";

/// Up to and with the end of the line; nullopt where there is none within the limit.
std::optional<std::string> read_line(std::istream& in) {
  std::string line;
  for (int character = in.get(); character != std::istream::traits_type::eof();
       character = in.get()) {
    line.push_back(static_cast<char>(character));
    if (character == '\n') return line;
    if (line.size() > bundle_line_bytes_max) return std::nullopt;
  }
  return std::nullopt;
}

std::optional<unsigned> version_of_line(std::string_view line) {
  if (!line.starts_with(bundle_mark)) return std::nullopt;
  line.remove_prefix(bundle_mark.size());
  unsigned version = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), version);
  if (error != std::errc() || end != line.data() + line.size() - 1) return std::nullopt;
  return version;
}

std::string_view fault_of(const BundledAppend& append) {
  for (const auto* text :
       {&append.stream, &append.origin.actor, &append.origin.correlation, &append.command_id})
    if (text->size() > append_text_bytes_max) return "a text is too long";
  if (append.stream.empty()) return "a stream has no name";
  if (append.events.empty() || append.events.size() > append_events_max)
    return "an append has no events, or too many";
  if (append.version == 0) return "a version is 0";
  for (const auto& event : append.events)
    if (event.payload.size() > event_payload_bytes_max) return "a payload is too large";
  return {};
}

}  // namespace

boost::system::result<BundleReader, BundleFault> BundleReader::open(std::istream& in) {
  BundleReader reader(in);
  if (const auto fault = reader.read_header()) return *fault;
  return {boost::system::in_place_value, std::move(reader)};
}

std::optional<BundleFault> BundleReader::read_header() {
  const auto mark = read_line(*in_);
  const auto version = mark ? version_of_line(*mark) : std::nullopt;
  if (!version) return fault(std::string(no_bundle));
  if (*version != bundle_version)
    return fault(
        fmt::format("the bundle has version {}, and this release reads version {}: use a "
                    "newer one",
                    *version, bundle_version));
  offset_ = mark->size();
  const auto line = read_line(*in_);
  const auto header = line ? read_header_line(*line) : std::nullopt;
  if (!header || header->from == 0) return fault("the header doesn't parse");
  offset_ += line->size();
  hash_ = part_hash({}, *mark + *line);
  summary_.header = *header;
  return std::nullopt;
}

bool BundleReader::read(std::string& bytes, std::size_t size) {
  // In steps: a size is believed as far as there are bytes for it.
  constexpr std::size_t step = 1u << 20;
  bytes.clear();
  while (bytes.size() < size) {
    const auto more = std::min(step, size - bytes.size());
    const auto before = bytes.size();
    bytes.resize(before + more);
    in_->read(bytes.data() + before, static_cast<std::streamsize>(more));
    if (static_cast<std::size_t>(in_->gcount()) != more) return false;
  }
  return true;
}

boost::system::result<bool, BundleFault> BundleReader::next(BundledCommit& commit) {
  std::string bytes;
  std::string hash;
  std::uint32_t size = 0;
  const auto read_size = [&] {
    if (!read(bytes, sizeof size)) return false;
    std::memcpy(&size, bytes.data(), sizeof size);
    return true;
  };
  if (!read_size()) return fault("the bundle is cut off");
  const bool is_end = size == 0;
  if (is_end && !read_size()) return fault("the bundle is cut off");
  if (size > (is_end ? bundle_line_bytes_max : bundle_part_bytes_max))
    return fault("a part is larger than any can be");
  if (!read(bytes, size) || !read(hash, sizeof(ChainHash))) return fault("the bundle is cut off");
  hash_ = part_hash(hash_, bytes);
  if (std::memcmp(hash.data(), hash_.data(), hash.size()) != 0)
    return fault("the bytes don't match their hash");
  if (is_end) return read_end(bytes);
  try {
    ByteReader reader(bytes);
    commit = {};
    reader(commit);
    if (!reader.exhausted()) return fault("there are bytes after a commit");
  } catch (const std::exception&) {
    return fault("a commit doesn't parse");
  }
  if (auto wrong = check(commit)) return *std::move(wrong);
  offset_ += sizeof size + bytes.size() + hash.size();
  return {boost::system::in_place_value, true};
}

std::optional<BundleFault> BundleReader::check(const BundledCommit& commit) {
  const auto& header = summary_.header;
  if (commit.appends.empty()) return fault("a commit is empty");
  for (const auto& append : commit.appends) {
    const auto wrong = fault_of(append);
    if (!wrong.empty()) return fault(std::string(wrong));
    const bool in_range = append.position >= header.from && append.position <= header.to &&
                          append.events.size() <= header.to - append.position + 1;
    if (!in_range || append.position <= last_position_)
      return fault(fmt::format("position {} doesn't follow {} within {} to {}", append.position,
                               last_position_, header.from, header.to));
    last_position_ = append.position + append.events.size() - 1;
    summary_.event_count += append.events.size();
  }
  ++summary_.commit_count;
  return std::nullopt;
}

boost::system::result<bool, BundleFault> BundleReader::read_end(const std::string& bytes) {
  if (!is_end_text(bytes, summary_)) return fault("the bundle has lost or gained events");
  if (in_->get() != std::istream::traits_type::eof()) return fault("there are bytes after the end");
  summary_.hash = to_hex(hash_);
  return {boost::system::in_place_value, false};
}

}  // namespace orrery
