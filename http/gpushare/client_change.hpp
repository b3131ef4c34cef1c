#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/system/result.hpp>

#include "actors/client/client.hpp"
#include "http/gpushare/caller.hpp"
#include "http/gpushare/context.hpp"
#include "http/gpushare/fields.hpp"
#include "http/gpushare/registration.hpp"

namespace orrery::gpushare {

/// What a PUT or PATCH makes of a client.
struct ClientChange {
  /// Other names than he has.
  std::optional<ClientNames> names;
  /// Everything else, in the order in which it is to be done.
  std::vector<Client::Command> commands;
};

/// Reads the body of a PUT, or (`is_partial`) PATCH. What the document calls read-only is ignored,
/// but for admins, who set roles and approvals with it.
boost::system::result<ClientChange, Refusal> read_client_change(const GpushareContext& context,
                                                                const Body& body, bool is_partial,
                                                                const Caller& caller,
                                                                const MarketClient& client);

/// Reads the body of a POST by an admin.
boost::system::result<NewClient, Refusal> read_new_client(const GpushareContext& context,
                                                          const Body& body);

/// 400: whose name it is already. `field`: "username" or "email".
Refusal name_taken(std::string_view field);

}  // namespace orrery::gpushare
