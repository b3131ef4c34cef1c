#pragma once

#include <memory>

#include "cli/configuration.hpp"
#include "http/auth/edge_secret.hpp"
#include "http/auth/id_source.hpp"
#include "storage/event_log.hpp"
#include "storage/subject_keys.hpp"
#include "storage/system_clock.hpp"

namespace orrery {

/// What is durable between two runs of a server, opened and verified. The constructor throws
/// `StartFailure`, with the log's own exit code where it is the log that doesn't open.
struct ServerStorage {
  explicit ServerStorage(const std::filesystem::path& data);

  SystemClock clock;
  SystemIdSource ids;
  std::unique_ptr<EventLog> log;
  std::unique_ptr<SubjectKeys> subject_keys;
  EdgeSecret edge_secret;
};

}  // namespace orrery
