#include "cli/log_reports.hpp"

#include <array>
#include <fstream>
#include <functional>
#include <ostream>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "cli/data_directory.hpp"
#include "cli/exit_codes.hpp"
#include "cli/stream_verification.hpp"
#include "events/event_json.hpp"
#include "storage/chain.hpp"
#include "storage/checked_record.hpp"

namespace orrery {
namespace {

int report(const LogDamage& damage, std::ostream& err) {
  err << fmt::format("orrery log: damage at position {}: {}\n", damage.position, damage.message);
  return exit_log_damaged;
}

/// Visits all from `from` on; a payload that doesn't decode is damage, too.
boost::system::result<void, LogDamage> visit_decoded(
    const EventLog& log, Position from, const std::function<void(const RecordedEvent&)>& visit) {
  std::optional<LogDamage> undecoded;
  RecordedEvent recorded;
  const auto read = log.read(from, log.head(), [&](const StoredEvent& stored) {
    undecoded = record_checked(stored, recorded);
    if (undecoded) return false;
    visit(recorded);
    return true;
  });
  if (undecoded) return *undecoded;
  return read;
}

}  // namespace

boost::system::result<std::unique_ptr<EventLog>, OpenFailure> open_log_for_reading(
    const std::filesystem::path& data) {
  RocksDbOptions options;
  options.directory = log_directory(data);
  options.read_only = true;
  return open_rocksdb_event_log(std::move(options));
}

void print_event(std::ostream& out, const RecordedEvent& recorded, EventForm form) {
  if (form == EventForm::json) {
    out << boost::json::serialize(to_json(recorded)) << '\n';
    return;
  }
  out << fmt::format("{:>9}  {}  {} v{}  {}  by {}", recorded.position, rfc3339(recorded.time),
                     recorded.stream, recorded.version, name_of(recorded.event),
                     recorded.origin.actor);
  if (recorded.origin.causation != 0) out << " because of " << recorded.origin.causation;
  out << "  " << boost::json::serialize(payload_json(recorded.event)) << '\n';
}

int verify_log(const EventLog& log, std::ostream& out, std::ostream& err) {
  constexpr Position progress_step = 1'000'000;
  const auto head = log.head();
  StreamVerification streams;
  RecordedEvent decoded;
  std::optional<LogDamage> damage;
  const auto read = log.read(1, head, [&](const StoredEvent& stored) {
    damage = streams.check(stored);
    if (!damage) damage = record_checked(stored, decoded);
    if (stored.position % progress_step == 0)
      err << fmt::format("verified {} of {} events\n", stored.position, head);
    return !damage;
  });
  if (!read) return report(read.error(), err);
  if (!damage) damage = streams.check_index(log);
  if (damage) return report(*damage, err);
  out << fmt::format("ok: {} events in {} commits and {} streams, chain {}\n", head,
                     streams.commit_count(), streams.stream_count(), to_hex(log.chain_hash()));
  return exit_success;
}

int show_stream(const EventLog& log, const std::string& stream, EventForm form, std::ostream& out,
                std::ostream& err) {
  if (log.version_of(stream) == 0) {
    err << fmt::format(
        "orrery log: no stream \"{}\". Streams are named KIND/ID, for example vm/<id>; "
        "`orrery log tail` shows some.\n",
        stream);
    return exit_failure;
  }
  const auto read = log.read_stream(stream, 1, [&](const StoredEvent& stored) {
    print_event(out, record(stored), form);
    return true;
  });
  return read ? exit_success : report(read.error(), err);
}

int print_events(const EventLog& log, Position from, EventForm form, std::ostream& out,
                 std::ostream& err) {
  const auto read = visit_decoded(
      log, from, [&](const RecordedEvent& recorded) { print_event(out, recorded, form); });
  return read ? exit_success : report(read.error(), err);
}

int print_statistics(const EventLog& log, std::ostream& out, std::ostream& err) {
  std::array<std::uint64_t, Events::size> count_of_type{};
  std::uint64_t commit_count = 0;
  std::optional<ChainHash> previous;
  std::optional<Time> first_time;
  Time last_time{};
  const auto read = log.read(1, log.head(), [&](const StoredEvent& stored) {
    if (!previous || *previous != *stored.previous_hash) ++commit_count;
    previous = *stored.previous_hash;
    if (!first_time) first_time = stored.time;
    last_time = stored.time;
    for (std::size_t i = 0; i < Events::size; ++i)
      if (Events::tags[i] == stored.tag) ++count_of_type[i];
    return true;
  });
  if (!read) return report(read.error(), err);
  out << fmt::format("events   {}\ncommits  {}\n", log.head(), commit_count);
  if (first_time)
    out << fmt::format("from     {}\nto       {}\n", rfc3339(*first_time), rfc3339(last_time));
  out << fmt::format("chain    {}\n", to_hex(log.chain_hash()));
  for (std::size_t i = 0; i < Events::size; ++i)
    if (count_of_type[i] > 0) out << fmt::format("{:>9}  {}\n", count_of_type[i], Events::names[i]);
  return exit_success;
}

int export_log(const EventLog& log, const std::filesystem::path& file, std::ostream& out,
               std::ostream& err) {
  if (file == "-") return print_events(log, 1, EventForm::json, out, err);
  const auto draft = std::filesystem::path(file).concat(".part");
  std::ofstream stream(draft, std::ios::binary);
  const auto code = print_events(log, 1, EventForm::json, stream, err);
  stream.close();
  std::error_code failure;
  if (code == exit_success && stream) std::filesystem::rename(draft, file, failure);
  if (code != exit_success || !stream || failure) {
    std::error_code ignored;
    std::filesystem::remove(draft, ignored);
    if (code != exit_success) return code;
    err << fmt::format("orrery log: {} can't be written\n", file.string());
    return exit_failure;
  }
  out << fmt::format("wrote {} events to {}\n", log.head(), file.string());
  return exit_success;
}

}  // namespace orrery
