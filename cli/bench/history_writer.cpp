#include "cli/bench/history_writer.hpp"

#include "events/codec.hpp"

namespace orrery {
namespace {

constexpr std::size_t group_size = 256;

}  // namespace

HistoryWriter::HistoryWriter(EventLog& log) : log_(log) {
  if (log.head() == 0) return;
  log.read(log.head(), log.head(),
           [this](const StoredEvent& last) {
             begin_ = last.time;
             return false;
           })
      .value();
}

void HistoryWriter::add(const std::string& stream, Version version, const Event& event) {
  auto& draft = drafts_.emplace_back();
  draft.stream = stream;
  draft.version = version;
  draft.tag = tag_of(event);
  draft.tag_version = version_of(event);
  encode(event, draft.payload);
  if (drafts_.size() == group_size) commit();
}

void HistoryWriter::commit() {
  std::vector<Append> group;
  for (const auto& draft : drafts_)
    group.push_back({draft.stream,
                     draft.version - 1,
                     {"process/vm", log_.head(), "4f0c1c5e-request"},
                     {},
                     {{draft.tag, draft.tag_version, draft.payload}}});
  for (const auto& result : log_.commit(group, begin_ + std::chrono::microseconds(log_.head())))
    result.value();
  drafts_.clear();
}

}  // namespace orrery
