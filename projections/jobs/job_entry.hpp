#pragma once

#include <cstdint>
#include <memory>

#include "events/archive.hpp"
#include "projections/jobs/job_view.hpp"

namespace orrery {

/// What the view keeps of a job. Immutable once it is in the view: a change makes a new one, so
/// whoever asked keeps what was true then.
struct JobEntry {
  JobRow row;
  /// Time of its last event.
  Time changed_at{};
};

/// A job right after its submission.
JobEntry entry_of(std::uint32_t id, const JobSubmitted& submitted, const RecordedEvent& recorded);

// How an event changes a job's row. Version and time of the change are the caller's.
void fold(JobRow& row, const JobHeld& held, Time);
void fold(JobRow& row, const JobReleased&, Time);
void fold(JobRow& row, const JobChanged& changed, Time);
void fold(JobRow& row, const JobScheduled& scheduled, Time);
void fold(JobRow& row, const JobAllocated& allocated, Time);
void fold(JobRow& row, const JobUnscheduled&, Time);
void fold(JobRow& row, const JobStarted&, Time time);
void fold(JobRow& row, const JobUtilisationChanged& changed, Time);
void fold(JobRow& row, const JobWarned&, Time);
void fold(JobRow& row, const JobStopRequested& stop, Time);
void fold(JobRow& row, const JobSignalled&, Time);
void fold(JobRow& row, const JobExited& exited, Time time);
void fold(JobRow& row, const JobRequeued& requeued, Time);
void fold(JobRow& row, const JobEnded& ended, Time time);
void fold(JobRow& row, const JobMailNoted&, Time);

// In snapshots. `load_entry` throws `MalformedBytes`.
void save_entry(ByteWriter& writer, const JobEntry& entry);
JobEntry load_entry(ByteReader& reader);

}  // namespace orrery
