#include <deque>
#include <istream>

#include <fmt/format.h>
#include <boost/unordered/unordered_flat_map.hpp>

#include "storage/bundle/bundle.hpp"
#include "storage/chain.hpp"
#include "storage/checked_record.hpp"

namespace orrery {
namespace {

class Import {
 public:
  Import(EventLog& log, BundleReader reader, const BundleProgress& progress)
      : log_(log),
        reader_(std::move(reader)),
        progress_(progress),
        next_position_(log.head() + 1) {}

  boost::system::result<BundleImport, BundleFault> run() {
    import_.first_position = next_position_;
    if (auto fault = check_start()) return *std::move(fault);
    BundledCommit commit;
    for (;;) {
      const auto more = reader_.next(commit);
      if (!more) return more.error();
      if (!*more) break;
      if (auto fault = append(commit)) {
        settle(0);  // What was begun is finished, so that the log's head says what it holds.
        return *std::move(fault);
      }
    }
    if (!settle(0)) return lost();
    return finish();
  }

 private:
  const BundleHeader& header() const { return reader_.header(); }
  BundleFault lost() const { return {0, "the log can't be written"}; }

  /// A whole bundle goes on exactly where the log ends.
  std::optional<BundleFault> check_start() const {
    if (!header().is_whole()) return std::nullopt;
    if (header().from != log_.head() + 1)
      return BundleFault{0, fmt::format("the bundle starts at position {}, and the log ends at {}. "
                                        "It goes into a log that ends at {}",
                                        header().from, log_.head(), header().from - 1)};
    if (!header().chain_before.empty() && header().chain_before != to_hex(log_.chain_hash()))
      return BundleFault{0,
                         "the log has another history than the one that the bundle goes on from"};
    return std::nullopt;
  }

  std::optional<BundleFault> append(BundledCommit& commit) {
    std::vector<Append> group;
    for (auto& append : commit.appends) {
      if (auto wrong = check(append)) return wrong;
      group.push_back(
          {append.stream, append.version - 1, moved(append.origin), append.command_id, {}});
      for (const auto& event : append.events)
        group.back().events.push_back({event.tag, event.tag_version, event.payload});
      number(append);
    }
    if (!settle(log_.commits_in_flight_max() - 1)) return lost();
    const Time time{Time::duration(commit.time_us)};
    const auto results = log_.begin_commit(group, time);
    for (std::size_t i = 0; i < results.size(); ++i)
      if (!results[i] || results[i]->duplicate)
        return BundleFault{0, fmt::format("position {} ({}) isn't taken: {}",
                                          commit.appends[i].position, commit.appends[i].stream,
                                          results[i] ? "its command is known already"
                                                     : to_string(results[i].error()))};
    ++in_flight_;
    if (++commit_count_ % 1024 == 0) progress_(commit.appends.front().position);
    return std::nullopt;
  }

  std::optional<BundleFault> check(const BundledAppend& append) {
    auto& version = version_of_[append.stream];
    if (version == 0) version = log_.version_of(append.stream) + 1;
    if (append.version != version)
      return BundleFault{
          0, fmt::format("{} starts at version {} at position {}, and its version {} "
                         "isn't there: export it from its first event on",
                         append.stream, append.version, append.position, append.version - 1)};
    version += append.events.size();
    for (std::size_t i = 0; i < append.events.size(); ++i) {
      const auto& event = append.events[i];
      StoredEvent stored;
      stored.position = append.position + i;
      stored.stream = append.stream;
      stored.tag = event.tag;
      stored.tag_version = event.tag_version;
      stored.payload = event.payload;
      if (const auto damage = record_checked(stored, scratch_))
        return BundleFault{0, fmt::format("position {}: {}", damage->position, damage->message)};
    }
    return std::nullopt;
  }

  /// The cause where it is now. One that isn't in the bundle is none: its number means something
  /// else here.
  Origin moved(const Origin& origin) {
    if (header().is_whole() || origin.causation == 0) return origin;
    const auto found = moved_to_.find(origin.causation);
    if (found == moved_to_.end()) ++import_.foreign_cause_count;
    return {origin.actor, found == moved_to_.end() ? 0 : found->second, origin.correlation};
  }

  void number(const BundledAppend& append) {
    for (std::size_t i = 0; i < append.events.size(); ++i, ++next_position_)
      if (!header().is_whole()) moved_to_.emplace(append.position + i, next_position_);
  }

  /// Finishes commits until at most `count` are on their way.
  bool settle(std::size_t count) {
    for (; in_flight_ > count; --in_flight_)
      if (!log_.finish_commit()) return false;
    return true;
  }

  boost::system::result<BundleImport, BundleFault> finish() {
    import_.bundle = reader_.summary();
    import_.last_position = log_.head();
    import_.is_identical =
        !header().chain_after.empty() && header().chain_after == to_hex(log_.chain_hash());
    return {boost::system::in_place_value, std::move(import_)};
  }

  EventLog& log_;
  BundleReader reader_;
  const BundleProgress& progress_;
  BundleImport import_;
  Position next_position_;
  std::uint64_t commit_count_ = 0;
  std::size_t in_flight_ = 0;
  /// What each stream's next event must be.
  boost::unordered_flat_map<std::string, Version> version_of_;
  boost::unordered_flat_map<Position, Position> moved_to_;
  RecordedEvent scratch_;
};

}  // namespace

boost::system::result<BundleImport, BundleFault> import_bundle(std::istream& in, EventLog& log,
                                                               const BundleProgress& progress) {
  auto reader = BundleReader::open(in);
  if (!reader) return reader.error();
  return Import(log, *std::move(reader), progress).run();
}

}  // namespace orrery
