#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "actors/client/client.hpp"
#include "events/envelope.hpp"
#include "http/gpushare/route_table.hpp"

namespace orrery::gpushare {

/// Sends commands to one client, one after the other, each once the one before is durable. `done`
/// is called once, on another thread or at once: with nothing when all are, else with the first
/// rejection, or without one where the log takes nothing now.
struct ChainEnd {
  bool is_done = false;
  std::optional<Client::Rejection> rejection = {};
};
void send_in_turn(Context context, std::string client_id, std::vector<Client::Command> commands,
                  Origin origin, std::function<void(ChainEnd)> done);

/// Who offers a machine is a provider from now on, and an approved one where providers are approved
/// at once. `done` as above.
void become_provider(const Context& context, const MarketClient& client, Origin origin,
                     std::function<void(ChainEnd)> done);

}  // namespace orrery::gpushare
