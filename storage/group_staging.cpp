#include "storage/group_staging.hpp"

#include "events/codec.hpp"

namespace orrery {
namespace {

/// Bytes of an append's payloads; nullopt where it exceeds a limit of the contract.
std::optional<std::size_t> payload_bytes_within_limits(const Append& append) {
  for (const auto text : {append.stream, std::string_view(append.origin.actor),
                          std::string_view(append.origin.correlation), append.command_id})
    if (text.size() > append_text_bytes_max) return std::nullopt;
  if (append.events.empty() || append.events.size() > append_events_max) return std::nullopt;
  std::size_t bytes = 0;
  for (const auto& event : append.events) {
    if (event.payload.size() > event_payload_bytes_max) return std::nullopt;
    bytes += event.payload.size();
  }
  if (bytes > append_bytes_max) return std::nullopt;
  return bytes;
}

}  // namespace

std::vector<AppendResult> GroupStaging::stage(std::span<const Append> group, Position head,
                                              const ChainHash& previous_hash, Time now) {
  tips_.clear();
  record_.begin(head + 1, now, previous_hash);
  std::vector<AppendResult> results;
  results.reserve(group.size());
  LogIndex::Staging staging(index_);
  for (const auto& append : group) results.push_back(stage_one(staging, append));
  return results;
}

AppendResult GroupStaging::stage_one(LogIndex::Staging& staging, const Append& append) {
  const auto bytes = payload_bytes_within_limits(append);
  // Texts, numbers and offsets of an append take less than the room left free here.
  constexpr std::size_t bookkeeping_max = 4 * append_text_bytes_max + 32 * append_events_max + 1024;
  if (!bytes || record_.size() + *bytes + bookkeeping_max > commit_bytes_max)
    return AppendError::too_large;
  if (!append.command_id.empty())
    if (const auto known = staging.command(append.command_id))
      return Appended{known->first_position, known->last_position, known->version, true};

  auto& stream = staging.stream(append.stream);
  if (stream.staged.version != append.expected_version) return AppendError::wrong_expected_version;
  const Appended appended{record_.next_position(),
                          record_.next_position() + append.events.size() - 1,
                          append.expected_version + append.events.size(), false};
  record_.add(append, append.expected_version + 1, stream.staged.position);
  stream.staged = {appended.version, appended.last_position};
  tips_.push_back({&stream, stream.staged});
  if (!append.command_id.empty())
    staging.add_command(append.command_id,
                        {appended.first_position, appended.last_position, appended.version});
  return appended;
}

}  // namespace orrery
