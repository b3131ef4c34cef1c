#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <string>

#include <boost/system/result.hpp>

#include "events/envelope.hpp"
#include "storage/rocksdb/rocksdb_event_log.hpp"

namespace orrery {

/// What `orrery log …` does with a log on disk, apart from the command line. Each function returns
/// the exit code: 0, or `exit_log_damaged` with the damage on `err`.

/// The log below a data directory, for reading; a server may be writing it.
boost::system::result<std::unique_ptr<EventLog>, OpenFailure> open_log_for_reading(
    const std::filesystem::path& data);

/// How an event is printed.
enum class EventForm : std::uint8_t { line, json };
void print_event(std::ostream& out, const RecordedEvent& recorded, EventForm form);

/// Verifies every byte: hashes, links, gaps, that payloads decode, that each stream counts up by
/// one and ends where the index says. Progress goes to `err`, one line a million events.
int verify_log(const EventLog& log, std::ostream& out, std::ostream& err);

/// The events of one stream. An unknown stream is a failure that says how streams are named.
int show_stream(const EventLog& log, const std::string& stream, EventForm form, std::ostream& out,
                std::ostream& err);

/// The events from `from` on to the end.
int print_events(const EventLog& log, Position from, EventForm form, std::ostream& out,
                 std::ostream& err);

/// How many events of which type, over what time, and how the log ends.
int print_statistics(const EventLog& log, std::ostream& out, std::ostream& err);

/// Everything as JSON lines. The file appears whole or not at all.
int export_log(const EventLog& log, const std::filesystem::path& file, std::ostream& out,
               std::ostream& err);

}  // namespace orrery
