#pragma once

namespace orrery {

/// What the process tells whoever started it. Codes 20 and up belong to the log that doesn't open:
/// one for each `OpenError` (storage/rocksdb/rocksdb_event_log.hpp).
enum ExitCode : int {
  exit_success = 0,
  /// Something that this list doesn't name; the message does.
  exit_failure = 1,
  /// Wrong command line or configuration. Nothing was touched.
  exit_usage = 2,
  /// The data directory or a file of it cannot be made, read or written.
  exit_data_directory = 3,
  /// The address is taken, not ours, or the certificate doesn't load.
  exit_listen = 4,
  /// The log opened, but holds what doesn't verify or decode.
  exit_log_damaged = 5,
  /// The demo clusters or credentials could not be made.
  exit_demo = 6,
  /// Something that was measured became worse (`orrery bench --against`).
  exit_regression = 7,
  /// The server doesn't let this job run (`orrery claim`).
  exit_claim_refused = 8,
  /// The server didn't answer in time (`orrery claim`).
  exit_unanswered = 9,
};

}  // namespace orrery
