#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "http/auth/edge_secret.hpp"
#include "http/auth/guess_limit.hpp"
#include "http/auth/numbers.hpp"
#include "http/auth/request_identity.hpp"

namespace orrery {

class CenterView;
class Clock;
class CommandGateway;
class EventFeed;
class EventLog;
class IdentityView;
class JobView;
class NodeView;
class SubjectKeys;

namespace batch {
class ForecastBoard;
}

namespace aicenter {
class ArraySettlements;
class FileStore;
class SlurmTokens;
}  // namespace aicenter

/// The first number of a user; those below are a system's own.
inline constexpr std::uint32_t center_uid_min = 10'001;

/// Everything that the university center's dialect works with. All pointers must outlive the
/// router; all of it is used from many threads.
struct AicenterContext {
  CommandGateway* gateway = nullptr;
  /// What is sealed of a job is read from here.
  const EventLog* log = nullptr;
  /// For operators' keys.
  const IdentityView* identity = nullptr;
  const JobView* jobs = nullptr;
  const CenterView* center = nullptr;
  const NodeView* nodes = nullptr;
  const batch::ForecastBoard* forecasts = nullptr;
  /// Who waits until an array's tasks exist (a listener of the log).
  aicenter::ArraySettlements* arrays = nullptr;
  /// Signs and checks X-SLURM-USER-TOKEN.
  const aicenter::SlurmTokens* tokens = nullptr;
  aicenter::FileStore* files = nullptr;
  /// For notices as they come; null: nobody can follow them.
  EventFeed* feed = nullptr;
  SubjectKeys* subject_keys = nullptr;
  const Clock* clock = nullptr;
  IdSource* ids = nullptr;
  EdgeSecret secret;
  /// Copies of the context share it. Draws ids of jobs.
  std::shared_ptr<Numbers> job_numbers = std::make_shared<Numbers>();
  /// Draws the numbers of users, from `center_uid_min` on.
  std::shared_ptr<Numbers> uid_numbers = std::make_shared<Numbers>();
  std::shared_ptr<KeysInFlight> keys_in_flight = std::make_shared<KeysInFlight>();
  /// By the address a request comes from: applications of people.
  std::shared_ptr<GuessLimit> peer_applications =
      std::make_shared<GuessLimit>(GuessLimit::Allowance{20, std::chrono::seconds(30)});
  /// Whose batch system this is.
  std::string cluster = "aicenter";
  /// Name of this host, as Slurm shows its controller.
  std::string host = "localhost";
  /// When the server started, seconds since 1970.
  std::int64_t started_s = 0;

  /// Where the views, log and clock here are those of a past moment (`?as_of=`): the context of the
  /// present, which alone decides who is let in. Null: this is it.
  std::shared_ptr<const AicenterContext> present = nullptr;
  const AicenterContext& gate() const { return present ? *present : *this; }
};

}  // namespace orrery
