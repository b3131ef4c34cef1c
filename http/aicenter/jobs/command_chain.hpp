#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "actors/job/job.hpp"
#include "actors/runtime/command_gateway.hpp"
#include "events/envelope.hpp"

namespace orrery::aicenter {

struct JobCommand {
  std::uint32_t job_id = 0;
  Job::Command command;
};

/// Sends commands one after the other, each once the one before is durable. `done` is called once,
/// on another thread or at once: with the first rejection where there was one, without one where
/// the log takes nothing now. The others have been sent all the same, but for those behind what the
/// log didn't take.
struct ChainEnd {
  bool is_done = false;
  std::optional<Job::Rejection> rejection = {};
};
void send_in_turn(CommandGateway& gateway, std::vector<JobCommand> commands, Origin origin,
                  std::function<void(ChainEnd)> done);

}  // namespace orrery::aicenter
