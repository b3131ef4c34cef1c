#include <algorithm>
#include <ostream>
#include <set>

#include "events/archive.hpp"
#include "events/stream_name.hpp"
#include "storage/bundle/bundle.hpp"
#include "storage/bundle/bundle_parts.hpp"
#include "storage/chain.hpp"

namespace orrery {
namespace {

/// Hash of the log after `position`, in hex; empty where no commit ends there.
std::string chain_after(const EventLog& log, Position position) {
  if (position == 0) return to_hex(ChainHash{});
  if (position == log.head()) return to_hex(log.chain_hash());
  std::string hex;
  ChainHash before{};
  log.read(position, position + 1, [&](const StoredEvent& stored) {
    if (stored.position == position)
      before = *stored.previous_hash;
    else if (*stored.previous_hash != before)
      hex = to_hex(*stored.previous_hash);
    return true;
  });
  return hex;
}

/// Puts stored events together again as they were appended and committed.
class Writer {
 public:
  Writer(std::ostream& out, const BundleProgress& progress) : out_(out), progress_(progress) {}

  void begin(BundleHeader header) {
    summary_.header = std::move(header);
    const auto text = std::string(bundle_mark) + std::to_string(bundle_version) + "\n" +
                      header_line(summary_.header);
    out_ << text;
    hash_ = part_hash({}, text);
  }

  void add(const StoredEvent& stored) {
    if (commit_.appends.empty() || *stored.previous_hash != commit_before_) start_commit(stored);
    if (!continues_append(stored)) start_append(stored);
    commit_.appends.back().events.push_back(
        {stored.tag, stored.tag_version, std::string(stored.payload)});
    last_ = {stored.stream.data(), stored.position};
    ++summary_.event_count;
  }

  bool good() const { return static_cast<bool>(out_); }

  BundleSummary end() {
    write_commit();
    write_size(0);
    write_part(end_text(summary_));
    out_.flush();
    summary_.hash = to_hex(hash_);
    return summary_;
  }

 private:
  /// Events of one append share their texts, so these lie at the same place.
  bool continues_append(const StoredEvent& stored) const {
    return !commit_.appends.empty() && stored.stream.data() == last_.stream &&
           stored.position == last_.position + 1;
  }

  void start_commit(const StoredEvent& stored) {
    write_commit();
    commit_before_ = *stored.previous_hash;
    commit_.time_us = stored.time.time_since_epoch().count();
    last_ = {};
  }

  void start_append(const StoredEvent& stored) {
    commit_.appends.push_back(
        {stored.position,
         std::string(stored.stream),
         stored.version,
         {std::string(stored.actor), stored.causation, std::string(stored.correlation)},
         std::string(stored.command_id),
         {}});
  }

  void write_commit() {
    if (commit_.appends.empty()) return;
    bytes_.clear();
    ByteWriter writer(bytes_);
    writer(commit_);
    write_part(bytes_);
    ++summary_.commit_count;
    if (summary_.commit_count % 1024 == 0) progress_(commit_.appends.front().position);
    commit_.appends.clear();
  }

  void write_size(std::uint32_t size) {
    out_.write(reinterpret_cast<const char*>(&size), sizeof size);
  }

  void write_part(std::string_view bytes) {
    write_size(static_cast<std::uint32_t>(bytes.size()));
    out_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    hash_ = part_hash(hash_, bytes);
    out_.write(reinterpret_cast<const char*>(hash_.data()), hash_.size());
  }

  struct Place {
    const char* stream = nullptr;
    Position position = 0;
  };

  std::ostream& out_;
  const BundleProgress& progress_;
  BundleSummary summary_;
  ChainHash hash_{};
  ChainHash commit_before_{};
  BundledCommit commit_;
  Place last_;
  std::string bytes_;
};

/// The positions of whole streams, in order; nothing else of the log need be read then.
boost::system::result<std::set<Position>, LogDamage> positions_of(const EventLog& log,
                                                                  const BundleHeader& header) {
  std::set<Position> positions;
  for (const auto& stream : header.streams) {
    const auto read = log.read_stream(stream, 1, [&](const StoredEvent& stored) {
      if (stored.position >= header.from && stored.position <= header.to)
        positions.insert(stored.position);
      return stored.position < header.to;
    });
    if (!read) return read.error();
  }
  return {boost::system::in_place_value, std::move(positions)};
}

bool is_name(const std::string& stream) { return stream.find('/') != std::string::npos; }

/// Visits the ranges of successive positions.
boost::system::result<void, LogDamage> read_positions(const EventLog& log,
                                                      const std::set<Position>& positions,
                                                      const EventLog::Visitor& visitor) {
  for (auto first = positions.begin(); first != positions.end();) {
    auto last = first;
    for (auto next = std::next(last); next != positions.end() && *next == *last + 1; ++next)
      last = next;
    const auto read = log.read(*first, *last, visitor);
    if (!read) return read;
    first = std::next(last);
  }
  return {};
}

boost::system::result<void, LogDamage> read_selected(const EventLog& log,
                                                     const BundleHeader& header,
                                                     const EventLog::Visitor& visitor) {
  const auto& wanted = header.streams;
  if (!wanted.empty() && std::ranges::all_of(wanted, is_name)) {
    const auto positions = positions_of(log, header);
    if (!positions) return positions.error();
    return read_positions(log, *positions, visitor);
  }
  const std::set<std::string, std::less<>> names(wanted.begin(), wanted.end());
  return log.read(header.from, header.to, [&](const StoredEvent& stored) {
    const bool is_in = names.empty() || names.contains(stored.stream) ||
                       names.contains(stream_aggregate(stored.stream));
    return !is_in || visitor(stored);
  });
}

}  // namespace

boost::system::result<BundleSummary, BundleFault> write_bundle(const EventLog& log, Position from,
                                                               Position to,
                                                               std::vector<std::string> streams,
                                                               std::ostream& out,
                                                               const BundleProgress& progress) {
  BundleHeader header{
      std::max<Position>(from, 1), std::min(to, log.head()), std::move(streams), {}, {}};
  if (header.is_whole()) {
    header.chain_before = chain_after(log, header.from - 1);
    header.chain_after = chain_after(log, header.to);
  }
  Writer writer(out, progress);
  writer.begin(header);
  const auto read = read_selected(log, header, [&](const StoredEvent& stored) {
    writer.add(stored);
    return writer.good();
  });
  if (!read)
    return BundleFault{0, "the log is damaged at position " +
                              std::to_string(read.error().position) + ": " + read.error().message};
  auto summary = writer.end();
  if (!writer.good()) return BundleFault{0, "the bundle can't be written"};
  return {boost::system::in_place_value, std::move(summary)};
}

}  // namespace orrery
