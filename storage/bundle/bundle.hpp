#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include <boost/describe.hpp>
#include <boost/system/result.hpp>

#include "storage/event_log.hpp"

namespace orrery {

/// A bundle is a part of a log in one file, for another Orrery to replay (docs/formats/bundle.md):
/// some streams, or everything. It says what it holds, and every byte of it is under a hash.

inline constexpr unsigned bundle_version = 1;

struct BundledEvent {
  std::uint16_t tag = 0;
  std::uint16_t tag_version = 0;
  std::string payload;

  bool operator==(const BundledEvent&) const = default;
  BOOST_DESCRIBE_CLASS(BundledEvent, (), (tag, tag_version, payload), (), ())
};

/// Events that one writer appended together.
struct BundledAppend {
  /// Of its first event, in the log that the bundle is of.
  Position position = 0;
  std::string stream;
  Version version = 0;
  Origin origin;
  std::string command_id;
  std::vector<BundledEvent> events;

  bool operator==(const BundledAppend&) const = default;
  BOOST_DESCRIBE_CLASS(BundledAppend, (), (position, stream, version, origin, command_id, events),
                       (), ())
};

/// What became durable together.
struct BundledCommit {
  std::int64_t time_us = 0;
  std::vector<BundledAppend> appends;

  bool operator==(const BundledCommit&) const = default;
  BOOST_DESCRIBE_CLASS(BundledCommit, (), (time_us, appends), (), ())
};

struct BundleHeader {
  /// The events are of [from, to].
  Position from = 1;
  Position to = 0;
  /// Names ("vm/<id>") and kinds ("vm") of the streams in it; empty: all.
  std::vector<std::string> streams;
  /// Hash of the log before `from` and after `to`, in hex; empty where that isn't the end of a
  /// commit, or not all streams are in it. With both, a copy can be compared byte for byte.
  std::string chain_before;
  std::string chain_after;

  /// All events of the range: in another log that ends at `from` - 1 it makes the same history.
  bool is_whole() const { return streams.empty(); }
};

struct BundleSummary {
  BundleHeader header;
  std::uint64_t commit_count = 0;
  std::uint64_t event_count = 0;
  /// SHA-256 over all of it, in hex: the bundle's name.
  std::string hash;
};

/// What is wrong with a bundle, and where: the byte that the damaged part starts at.
struct BundleFault {
  std::uint64_t offset = 0;
  std::string message;
};
[[noreturn]] void throw_exception_from_error(const BundleFault& fault,
                                             const boost::source_location& location);

/// Told the position that has been reached, now and then.
using BundleProgress = std::function<void(Position)>;

/// Writes events of [from, to] of `log`: all, or those of the streams and kinds named.
boost::system::result<BundleSummary, BundleFault> write_bundle(const EventLog& log, Position from,
                                                               Position to,
                                                               std::vector<std::string> streams,
                                                               std::ostream& out,
                                                               const BundleProgress& progress);

/// Reads a bundle from any source, trusting nothing: sizes are checked before memory is taken, and
/// a part is handed out only after its hash.
class BundleReader {
 public:
  /// `in` must outlive the reader.
  static boost::system::result<BundleReader, BundleFault> open(std::istream& in);

  const BundleHeader& header() const { return summary_.header; }

  /// The next commit into `commit`. False at the end, which must be where the bundle says it is.
  boost::system::result<bool, BundleFault> next(BundledCommit& commit);

  /// Complete after `next` has said false.
  const BundleSummary& summary() const { return summary_; }

 private:
  explicit BundleReader(std::istream& in) : in_(&in) {}

  BundleFault fault(std::string message) const { return {offset_, std::move(message)}; }
  bool read(std::string& bytes, std::size_t size);
  std::optional<BundleFault> read_header();
  boost::system::result<bool, BundleFault> read_end(const std::string& bytes);
  std::optional<BundleFault> check(const BundledCommit& commit);

  std::istream* in_;
  /// Of the part being read.
  std::uint64_t offset_ = 0;
  ChainHash hash_{};
  Position last_position_ = 0;
  BundleSummary summary_;
};

/// What an import made.
struct BundleImport {
  BundleSummary bundle;
  /// Where the events are now.
  Position first_position = 0;
  Position last_position = 0;
  /// The chain is the same as in the log that the bundle is of.
  bool is_identical = false;
  /// Causes that are not in the bundle; they were left out.
  std::uint64_t foreign_cause_count = 0;
};

/// Appends everything that `in` holds to `log`, in the same commits and at the same times. A whole
/// bundle must go on where the log ends, and gets the same positions and hashes; of any other,
/// streams must start with their first event, positions are counted anew, and causes follow them.
/// On a fault the log holds what came before it: make a log for the purpose, and throw it away.
boost::system::result<BundleImport, BundleFault> import_bundle(std::istream& in, EventLog& log,
                                                               const BundleProgress& progress);

}  // namespace orrery
