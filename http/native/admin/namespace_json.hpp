#pragma once

#include <string>

#include <boost/json/object.hpp>

#include "http/native/admin/admin_call.hpp"
#include "projections/wallets/wallet_view.hpp"

namespace orrery::admin {

/// A namespace and its money, in CNY as strings.
boost::json::object namespace_json(const Call& call, const WalletDetails& wallet);

/// Answers it.
void show_namespace(const Call& call, const std::string& id, unsigned status);

}  // namespace orrery::admin
