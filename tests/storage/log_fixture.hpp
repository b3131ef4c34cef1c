#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <unistd.h>

#include "events/codec.hpp"
#include "storage/event_log.hpp"

namespace orrery {

/// A directory that goes with its owner.
struct TemporaryDirectory {
  std::filesystem::path path;

  explicit TemporaryDirectory(
      const std::filesystem::path& parent = std::filesystem::temp_directory_path()) {
    std::string name = (parent / "orrery-test-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
};

/// Memory that looks like a disk, where there is some: for tests of behaviour that sync a lot.
inline std::filesystem::path fast_directory() {
  const std::filesystem::path shared_memory = "/dev/shm";
  return std::filesystem::is_directory(shared_memory) ? shared_memory
                                                      : std::filesystem::temp_directory_path();
}

/// Appends with payloads that the caller needn't keep alive.
struct AppendDraft {
  std::string stream;
  Version expected_version = 0;
  std::vector<Event> events = {};
  std::string command_id = {};
  Origin origin = {"test", 0, "correlation"};
};

/// Calls `commit` with the drafts as a group, their events encoded.
template <class Commit>
std::vector<AppendResult> with_group(const std::vector<AppendDraft>& drafts, const Commit& commit) {
  std::vector<std::vector<std::string>> payloads;
  for (const auto& draft : drafts) {
    auto& of_draft = payloads.emplace_back();
    for (const auto& event : draft.events) encode(event, of_draft.emplace_back());
  }
  std::vector<Append> group;
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    const auto& draft = drafts[i];
    auto& append = group.emplace_back(
        Append{draft.stream, draft.expected_version, draft.origin, draft.command_id, {}});
    for (std::size_t j = 0; j < draft.events.size(); ++j)
      append.events.push_back(
          {tag_of(draft.events[j]), version_of(draft.events[j]), payloads[i][j]});
  }
  return commit(group);
}

inline std::vector<AppendResult> commit(EventLog& log, const std::vector<AppendDraft>& drafts,
                                        Time now = Time{}) {
  return with_group(drafts, [&](const auto& group) { return log.commit(group, now); });
}

inline std::vector<AppendResult> begin(EventLog& log, const std::vector<AppendDraft>& drafts,
                                       Time now = Time{}) {
  return with_group(drafts, [&](const auto& group) { return log.begin_commit(group, now); });
}

inline AppendResult commit_one(EventLog& log, const AppendDraft& draft, Time now = Time{}) {
  return commit(log, {draft}, now).front();
}

inline std::vector<RecordedEvent> read_all(const EventLog& log) {
  std::vector<RecordedEvent> events;
  log.read(1, log.head(),
           [&](const StoredEvent& stored) {
             events.push_back(record(stored));
             return true;
           })
      .value();
  return events;
}

inline std::vector<RecordedEvent> read_stream(const EventLog& log, std::string_view stream,
                                              Version from_version = 1) {
  std::vector<RecordedEvent> events;
  log.read_stream(stream, from_version,
                  [&](const StoredEvent& stored) {
                    events.push_back(record(stored));
                    return true;
                  })
      .value();
  return events;
}

}  // namespace orrery
